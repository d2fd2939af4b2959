package io.moondial.cli;

import io.moondial.file.FileTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
        Deque<Path> made = new ArrayDeque<>();
        try {
            for (var file : FILES.entrySet()) {
                Path path = folder.resolve(file.getKey());
                makeFolders(path.toAbsolutePath().getParent(), made);
                made.push(path);
                Files.writeString(
                        path,
                        content(file.getValue()).replace(KEPT_CODE, begin),
                        StandardOpenOption.CREATE_NEW);
            }
        } catch (IOException e) {
            remove(made, e);
            throw e;
        }
    }

    private static void makeFolders(@Nullable Path path, Deque<Path> made) throws IOException {
        if (path == null || Files.isDirectory(path)) {
            return;
        }
        makeFolders(path.getParent(), made);
        Files.createDirectory(path);
        made.push(path);
    }

    private void remove(Deque<Path> made, IOException why) {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                why.addSuppressed(e);
                spec.commandLine()
                        .getErr()
                        .printf("ussd: %s is left: %s%n", path, FileTrouble.tell(e));
            }
        }
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
