package io.moondial.cli.bench;

import io.moondial.ConfigurationException;
import io.moondial.bench.BenchSide;
import io.moondial.cli.ExitCode;
import io.moondial.cli.RulesOption;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ussd bench-side}: the other process of a bench, which starts it. */
@Command(
        name = "bench-side",
        hidden = true,
        description = "The engine, or the baseline, of a bench with two processes.")
public final class BenchSideCommand implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    private Side side;

    @Option(names = "--max-dialogs", required = true, paramLabel = "N")
    private int maxDialogs;

    /** Which of the two it is. */
    static final class Side {
        @ArgGroup(exclusive = false)
        private @Nullable EngineSide engine;

        @Option(names = "--echo", paramLabel = "DIR", description = "A folder of the texts.")
        private @Nullable Path texts;
    }

    /** The engine's. */
    static final class EngineSide {
        @Option(names = "--rules", required = true, paramLabel = "FILE")
        private Path rules;

        @Option(names = "--edr-dir", required = true, paramLabel = "DIR")
        private Path edrs;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        EngineSide() {}
    }

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    BenchSideCommand() {}

    @Override
    public Integer call() throws ConfigurationException, IOException, UnsendableText {
        RulesOption.logLevel(Level.WARN);
        BenchSide runs =
                new BenchSide(
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                        System.out);
        if (side.engine != null) {
            runs.engine(side.engine.rules, side.engine.edrs, maxDialogs);
        } else if (side.texts != null) {
            List<UssdString> texts = texts(side.texts);
            runs.echo(texts.subList(0, texts.size() - 1), texts.getLast(), maxDialogs);
        }
        return ExitCode.GOOD;
    }

    private static List<UssdString> texts(Path folder) throws IOException, UnsendableText {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        List<UssdString> texts = new ArrayList<>();
        for (Path file : files) {
            texts.add(UssdString.encode(Files.readString(file), Dcs.UNSPECIFIED));
        }
        return texts;
    }
}
