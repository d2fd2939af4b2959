package io.moondial.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tables of push.md say what the code says. */
class PushPageTest {
    private static final Path PAGE =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/docs/push.md");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z_]+)` \\|[^|]*\\|([^|]*)\\|");

    private String page = "";

    @BeforeEach
    void read() throws Exception {
        page = Files.readString(PAGE);
    }

    /** Of a table, the first and the last column. */
    private List<String> rows(String chapter) {
        String rest = page.substring(page.indexOf("## " + chapter + "\n"));
        String text = rest.substring(0, rest.indexOf("\n## "));
        List<String> rows = new ArrayList<>();
        Matcher matcher = ROW.matcher(text);
        while (matcher.find()) {
            rows.add(matcher.group(1) + ":" + matcher.group(2).strip());
        }
        return rows;
    }

    @Test
    void each_state_is_there_with_what_may_come_next() {
        assertThat(rows("States"))
                .containsExactlyElementsOf(
                        Arrays.stream(State.values())
                                .map(
                                        it ->
                                                it.word()
                                                        + ":"
                                                        + String.join(
                                                                ", ",
                                                                Arrays.stream(State.values())
                                                                        .filter(it.next()::contains)
                                                                        .map(
                                                                                next ->
                                                                                        "`"
                                                                                                + next
                                                                                                        .word()
                                                                                                + "`")
                                                                        .toList()))
                                .toList());
    }

    private static String tried(Reason reason, List<PushSettings.RetryCause> byDefault) {
        if (reason == Reason.UNTAKEN) {
            return "always, each 5 s until the push expires";
        }
        if (byDefault.stream().anyMatch(is(reason))) {
            return "yes, by default";
        }
        return Arrays.stream(PushSettings.RetryCause.values()).anyMatch(is(reason))
                ? "if `retry: on` lists it"
                : "no";
    }

    @Test
    void each_reason_is_there_with_whether_it_is_tried_again() {
        List<PushSettings.RetryCause> on = PushSettings.schema().defaults().retry().on();
        assertThat(rows("Attempts"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Reason.values())
                                .map(it -> it.word() + ":" + tried(it, on))
                                .toList());
    }

    private static Predicate<PushSettings.RetryCause> is(Reason reason) {
        return cause -> cause.name().equals(reason.name());
    }
}
