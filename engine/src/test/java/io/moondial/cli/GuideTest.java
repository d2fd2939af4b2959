package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guide for authors as somebody follows it: each file is written, each test and each command is
 * run, in the order of the page. An engine and a handset that waits run beside what follows them,
 * until the records are read.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuideTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path PAGE =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/docs/guide.md");
    private static final Pattern BLOCK =
            Pattern.compile("```(yaml|lua|dialog|csv|console)\n(.*?)```\n", Pattern.DOTALL);
    private static final Pattern NAMED = Pattern.compile("(?:--|#) (\\S+)\n");
    private static final Pattern COMMAND =
            Pattern.compile("\\$ \\./ussd (.*)\n((?:(?!\\$ ).*\n)*)");

    /** What a command prints that does not end well. */
    private static final Pattern ERROR =
            Pattern.compile(
                    "^(?:shop/\\S+:\\d+:\\d+: (?!warning: )|ussd: .* failed \\d)",
                    Pattern.MULTILINE);

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern PUSH_ID =
            Pattern.compile("^[0-9a-f]{24}(?=  )", Pattern.MULTILINE);

    @TempDir Path folder;

    /** Null: none runs. */
    private @Nullable Process engine;

    /**
     * Each ends by the time the engine is to be stopped, or fails if it is not as the page says.
     */
    private final List<CompletableFuture<?>> waiting = new ArrayList<>();

    /** What {@code ID} stands for in a command: the push that was printed last. */
    private String pushId = "";

    @AfterEach
    void end() {
        if (engine != null) {
            engine.destroyForcibly();
        }
    }

    @Test
    void everything_on_the_page_is_as_the_page_says() throws Exception {
        int commands = 0;
        int tests = 0;
        for (MatchResult block : BLOCK.matcher(Files.readString(PAGE)).results().toList()) {
            String text = block.group(2);
            if (block.group(1).equals("console")) {
                for (MatchResult command : COMMAND.matcher(text).results().toList()) {
                    begin(command.group(1), command.group(2));
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
        assertThat(commands).isGreaterThan(16);
        assertThat(tests).isGreaterThan(8);
        assertThat(engine).as("the engine, which is stopped before its records are read").isNull();
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

    private void begin(String command, String expected) throws Exception {
        if (command.startsWith("serve ")) {
            Process started = UssdProcess.start(words(command).toArray(String[]::new));
            engine = started;
            assertThat(started.inputReader().readLine() + "\n").matches(pattern(expected));
        } else if (command.contains(" --wait --pushes ")) {
            waiting.add(CompletableFuture.runAsync(() -> run(command, expected)));
            await().atMost(PATIENCE)
                    .until(
                            () ->
                                    ussd("status --rules shop/rules.yaml")
                                            .printed()
                                            .contains("phones.turned_on " + waiting.size()));
        } else {
            if (command.startsWith("edr ")) {
                stop();
            }
            run(command, expected);
        }
    }

    private void stop() throws Exception {
        for (CompletableFuture<?> it : waiting) {
            it.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        if (engine != null) {
            engine.toHandle().destroy(); // keeps its streams open
            assertThat(engine.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(engine.exitValue()).isZero();
            engine = null;
        }
    }

    private void run(String command, String expected) {
        Ended ended = ussd(command);
        // what has gone wrong beside it says more than what that did to this one
        waiting.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .forEach(CompletableFuture::join);
        assertThat(ended.printed()).as(command).matches(pattern(expected));
        assertThat(ended.code() == ExitCode.GOOD)
                .as("exit code %d of %s, which prints%n%s", ended.code(), command, ended.printed())
                .isEqualTo(!ERROR.matcher(expected).find());
        PUSH_ID.matcher(ended.printed()).results().forEach(it -> pushId = it.group());
    }

    private static Pattern pattern(String expected) {
        return Pattern.compile(
                expected.lines()
                        .map(
                                line ->
                                        line.equals("…")
                                                ? "(?:.*\n)*?"
                                                : Pattern.quote(line).replace("…", "\\E.*\\Q")
                                                        + "\n")
                        .collect(Collectors.joining()));
    }

    /**
     * What a command came to.
     *
     * @param printed as a terminal shows it, with the folder of the service where the page has it
     */
    private record Ended(int code, String printed) {}

    private Ended ussd(String command) {
        StringWriter terminal = new StringWriter();
        int code = InProcess.ussd(terminal, terminal, words(command).toArray(String[]::new));
        return new Ended(code, terminal.toString().replace(folder + "/", ""));
    }

    private List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            String plain = word.group(1) == null ? word.group(2) : word.group(1);
            if (plain.equals("ID")) {
                words.add(pushId);
            } else if (plain.equals("shop") || plain.startsWith("shop/")) {
                words.add(folder.resolve(plain).toString());
            } else {
                words.add(plain);
            }
        }
        return words;
    }
}
