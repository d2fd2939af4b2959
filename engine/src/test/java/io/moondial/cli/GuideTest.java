package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guide for authors as somebody follows it: each file is written, each test and each command is
 * run, in the order of the page.
 */
class GuideTest {
    private static final Path PAGE =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/docs/guide.md");
    private static final Pattern BLOCK =
            Pattern.compile("```(yaml|lua|dialog|console)\n(.*?)```\n", Pattern.DOTALL);
    private static final Pattern NAMED = Pattern.compile("(?:--|#) (\\S+)\n");
    private static final Pattern COMMAND =
            Pattern.compile("\\$ \\./ussd (.*)\n((?:(?!\\$ ).*\n)*)");
    private static final Pattern ERROR =
            Pattern.compile("^shop/\\S+:\\d+:\\d+: (?!warning: )", Pattern.MULTILINE);
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir Path folder;

    @Test
    void everything_on_the_page_is_as_the_page_says() throws Exception {
        int commands = 0;
        int tests = 0;
        for (MatchResult block : BLOCK.matcher(Files.readString(PAGE)).results().toList()) {
            String text = block.group(2);
            if (block.group(1).equals("console")) {
                for (MatchResult command : COMMAND.matcher(text).results().toList()) {
                    run(command.group(1), command.group(2));
                    commands++;
                }
                continue;
            }
            String name = write(text);
            if (block.group(1).equals("dialog")) {
                Ended ended = ussd("test --rules shop/rules.yaml shop/" + name);
                assertThat(ended.printed().replaceAll("(?s).*ok ", "ok "))
                        .as(text)
                        .startsWith("ok   shop/" + name);
                assertThat(ended.code()).as(ended.printed()).isEqualTo(ExitCode.GOOD);
                tests++;
            }
        }
        assertThat(commands).isGreaterThan(8);
        assertThat(tests).isGreaterThan(6);
    }

    /** Writes a file, and gives its name. Texts of a language are added to those that are there. */
    private String write(String text) throws Exception {
        Matcher named = NAMED.matcher(text);
        assertThat(named.lookingAt()).as(text).isTrue();
        String name = named.group(1);
        Path file = folder.resolve("shop").resolve(name);
        if (name.startsWith("scripts/lang/") && Files.exists(file)) {
            Files.writeString(file, text, StandardOpenOption.APPEND);
        } else {
            Files.writeString(file, text);
        }
        return name;
    }

    private void run(String command, String expected) {
        Ended ended = ussd(command);
        Pattern pattern =
                Pattern.compile(
                        expected.lines()
                                .map(
                                        line ->
                                                line.equals("…")
                                                        ? "(?:.*\n)*?"
                                                        : Pattern.quote(line)
                                                                        .replace("…", "\\E.*\\Q")
                                                                + "\n")
                                .collect(Collectors.joining()));
        assertThat(ended.printed()).as(command).matches(pattern);
        assertThat(ended.code() == ExitCode.GOOD)
                .as("exit code %d of %s, which prints%n%s", ended.code(), command, ended.printed())
                .isEqualTo(!ERROR.matcher(expected).find());
    }

    /**
     * What a command came to.
     *
     * @param printed with the folder of the service where the page has it
     */
    private record Ended(int code, String printed) {}

    private Ended ussd(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            String plain = word.group(1) == null ? word.group(2) : word.group(1);
            words.add(
                    plain.equals("shop") || plain.startsWith("shop/")
                            ? folder.resolve(plain).toString()
                            : plain);
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = InProcess.ussd(out, err, words.toArray(String[]::new));
        return new Ended(code, (out.toString() + err).replace(folder + "/", ""));
    }
}
