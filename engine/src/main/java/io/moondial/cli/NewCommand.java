package io.moondial.cli;

import io.moondial.file.FileTrouble;
import io.moondial.file.NewFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd new}. */
@Command(
        name = "new",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a folder with a service to begin with: rules, a script, texts and dialog tests.",
            "The service sells data bundles, can be dialled at once, and all its tests pass. The folder must be empty or not there yet."
        })
final class NewCommand implements Callable<Integer> {
    /** The files, and under which names they are kept: git and others would obey some of them. */
    private static final Map<String, String> FILES = new LinkedHashMap<>();

    static {
        FILES.put("README.md", "README.md");
        FILES.put("rules.yaml", "rules.yaml");
        FILES.put("scripts/shop.lua", "scripts/shop.lua");
        FILES.put("scripts/lib/bundles.lua", "scripts/lib/bundles.lua");
        FILES.put("scripts/lang/en.yaml", "scripts/lang/en.yaml");
        FILES.put("scripts/lang/sw.yaml", "scripts/lang/sw.yaml");
        FILES.put("scripts/shop.dialog", "scripts/shop.dialog");
        FILES.put(".gitignore", "gitignore");
    }

    private static final String KEPT_CODE = "*100";
    private static final Pattern CODE = Pattern.compile("(\\*[0-9]{1,10})#");

    @Parameters(index = "0", paramLabel = "DIR", description = "The folder.")
    private Path folder;

    @Option(
            names = "--code",
            paramLabel = "CODE",
            defaultValue = KEPT_CODE + "#",
            description =
                    "The service code: *, digits and #, in quotes for the shell. Default: ${DEFAULT-VALUE}.")
    private String code;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    NewCommand() {}

    @Override
    public Integer call() throws IOException {
        var dialled = CODE.matcher(code);
        if (!dialled.matches()) {
            throw bad(
                    "--code is '"
                            + code
                            + "': allowed is *, 1 to 10 digits and #, such as '*100#'");
        }
        requireRoom();
        make(dialled.group(1));
        PrintWriter out = spec.commandLine().getOut();
        FILES.keySet().forEach(name -> out.println("made " + folder.resolve(name)));
        String rules = " --rules " + inShell(folder.resolve("rules.yaml"));
        out.println();
        out.println("Test it:   ./ussd test" + rules);
        out.println("Dial it:   ./ussd dial" + rules + " --msisdn 254711000001 '" + code + "'");
        out.println("Then read: " + folder.resolve("README.md"));
        out.flush();
        return ExitCode.GOOD;
    }

    /** Nothing that is there is overwritten, nor mixed with what is made. */
    private void requireRoom() throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
                if (inside.iterator().hasNext()) {
                    throw bad(
                            "the folder %s is not empty, and nothing was made: name a folder that is empty or not there yet"
                                    .formatted(folder));
                }
            }
        } else if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw bad(
                    "%s is no folder, and nothing was made: name a folder that is empty or not there yet"
                            .formatted(folder));
        }
    }

    /** All of it or nothing: what was made is removed if the rest cannot be. */
    private void make(String begin) throws IOException {
        Map<Path, String> contents = new LinkedHashMap<>();
        for (var file : FILES.entrySet()) {
            contents.put(
                    folder.resolve(file.getKey()),
                    content(file.getValue()).replace(KEPT_CODE, begin));
        }
        NewFiles.make(
                contents,
                (path, why) ->
                        spec.commandLine()
                                .getErr()
                                .printf("ussd: %s is left: %s%n", path, FileTrouble.words(why)));
    }

    private static String content(String name) throws IOException {
        try (InputStream in = NewCommand.class.getResourceAsStream("starter/" + name)) {
            if (in == null) {
                throw new IllegalStateException("not in the program: starter/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** As somebody types it. */
    private static String inShell(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./,:+@=-]+")
                ? text
                : "'" + text.replace("'", "'\\''") + "'";
    }
}
