package io.moondial.cli.migration;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.moondial.ConfigurationException;
import io.moondial.cli.ExitCode;
import io.moondial.cli.migration.N2svcdConfiguration.Imported;
import io.moondial.file.FileTrouble;
import io.moondial.file.NewFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd import}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Makes rules of a configuration of N2SVCD (N-Squared), as far as its public pages tell.",
            "It takes the USSD services with their triggers and globals, and the records. Everything else is left out: each element is named with its line, its column, and what to write instead.",
            "For each script that is not in DIR/scripts, it makes one that declines, to be replaced. It overwrites nothing. What it makes passes ussd check.",
            "The file is XML in UTF-8 of at most 1 MiB, without a document type."
        })
public final class ImportCommand implements Callable<Integer> {
    private static final String RULES = "rules.yaml";

    @Parameters(index = "0", paramLabel = "FILE.xml", description = "The configuration.")
    private Path file;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = ".",
            description =
                    "Where rules.yaml and scripts are made. Default: the folder where you are.")
    private Path folder;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    ImportCommand() {}

    @Override
    public Integer call() throws ConfigurationException, IOException {
        Path rules = folder.resolve(RULES);
        Path scripts = folder.resolve(N2svcdConfiguration.SCRIPTS);
        if (Files.exists(rules, LinkOption.NOFOLLOW_LINKS)) {
            throw bad(rules + " is there already, and nothing was made: name another folder");
        }
        requireFolder(folder);
        requireFolder(scripts);
        Imported imported = N2svcdConfiguration.read(file);
        Map<Path, String> contents = new LinkedHashMap<>();
        for (String key : imported.scripts()) {
            Path script = scripts.resolve(key + ".lua");
            if (!Files.exists(script, LinkOption.NOFOLLOW_LINKS)) {
                contents.put(script, standIn(key));
            }
        }
        contents.put(rules, imported.rules()); // the last, as an engine may watch the folder
        PrintWriter err = spec.commandLine().getErr();
        NewFiles.make(
                contents,
                (path, why) -> err.printf("ussd: %s is left: %s%n", path, FileTrouble.words(why)));
        // without the lines of the file: they may hold passwords
        imported.notes().forEach(err::println);
        err.flush();
        PrintWriter out = spec.commandLine().getOut();
        contents.keySet().forEach(it -> out.println("made " + it));
        out.println();
        imported.folders()
                .forEach(it -> out.println("Copy the scripts of " + it + " into " + scripts));
        out.println("Then check them: ./ussd check --rules " + rules);
        out.flush();
        return ExitCode.GOOD;
    }

    private void requireFolder(Path path) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(path)) {
            throw bad(path + " is no folder, and nothing was made: name another folder");
        }
    }

    /** What stands for a script until it is put there. */
    private static String standIn(String key) throws IOException {
        try (InputStream in = ImportCommand.class.getResourceAsStream("later.lua")) {
            return new String(Objects.requireNonNull(in, "later.lua").readAllBytes(), UTF_8)
                    .replace("KEY", key);
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
