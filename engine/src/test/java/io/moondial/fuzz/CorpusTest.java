package io.moondial.fuzz;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The inputs that searches have kept, each of which reaches something that no other does. */
class CorpusTest {
    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void no_input_does_harm(Targets target) throws Exception {
        FuzzTarget it = target.make(folder, 1);
        try (it) {
            int number = 0;
            for (byte[] input : Corpus.of(target.word())) {
                number++;
                try {
                    it.accept(input);
                } catch (Finding finding) {
                    throw new AssertionError(
                            "fuzz/%s.hex, input %d".formatted(target.word(), number), finding);
                }
            }
        }
    }
}
