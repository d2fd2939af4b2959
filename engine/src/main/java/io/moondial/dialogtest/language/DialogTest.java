package io.moondial.dialogtest.language;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One scripted test.
 *
 * @param file what it stands in
 * @param at its first line
 * @param name unlike any other's of the file
 * @param skip why it is not run; null: it is
 * @param sameDialog whether it goes on where the test above it ended
 * @param steps with those of the block before it
 */
public record DialogTest(
        DialogFile file,
        Lines at,
        String name,
        List<String> tags,
        @Nullable String skip,
        boolean sameDialog,
        Given given,
        List<Step> steps) {
    public DialogTest {
        tags = List.copyOf(tags);
        steps = List.copyOf(steps);
    }

    /** Where it stands, as a person looks for it. */
    public String place() {
        return file.name() + ':' + at.first();
    }
}
