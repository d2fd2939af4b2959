package io.moondial;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.cli.InProcess;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen.Menu;
import io.moondial.handset.Screen.Notify;
import io.moondial.handset.Subscribers;
import io.moondial.handset.Subscribers.Reaction;
import io.moondial.logic.DialogObserver;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes.Submission;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.LeapingTime;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many pushes at once, with errors, repeats, silence, aborts and cancellations: their records, the
 * counters and what the store has of them say the same.
 */
class PushReconciliationTest {
    private static final int PUSHES = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String RULES =
            """
            process: {menu_timeout: 5s, triggers: [{script_key: main}]}
            script: {max_time: 12h}
            push:
              route: hlr
              scripts: [survey]
              rate: 1000
              answer_timeout: 5s
              expires: 1d
              retry: {on: [ussd_busy, system_failure, no_answer], attempts: 2, after: [1s]}
            edr: {directory: edr}
            kv: {timeout: 1m}
            """;
    private static final String SURVEY =
            """
            local answer = ussd.menu("How was it?")
            if not answer then return nil end
            ussd.notify("Noted: " .. answer)
            return "Thank you"
            """;
    private static final Pattern RECORD =
            Pattern.compile("[^<]*<([^>]*)>(PUSH[-A-Z]*)\\|(.*\\bPUSH_ID=([^|]+).*)");

    @TempDir private Path folder;
    private final Subscribers subscribers = new Subscribers();

    /** What happens to the dialogs with a subscriber, one after the other. */
    private enum Kind {
        TAKES,
        BUSY_AND_TAKES,
        FAILS_TWICE_AND_TAKES,
        BUSY,
        UNKNOWN,
        ABSENT,
        ABORTS,
        SILENT_AND_TAKES,
        SILENT;

        private List<Reaction> reactions() {
            Reaction takes = new Reaction.Takes();
            return switch (this) {
                case TAKES -> List.of();
                case BUSY_AND_TAKES -> List.of(new Reaction.Refuses(72), takes);
                case FAILS_TWICE_AND_TAKES ->
                        List.of(new Reaction.Refuses(34), new Reaction.Refuses(34), takes);
                case BUSY -> List.of(new Reaction.Refuses(72));
                case UNKNOWN -> List.of(new Reaction.Refuses(1));
                case ABSENT -> List.of(new Reaction.Refuses(27));
                case ABORTS -> List.of(new Reaction.Aborts());
                case SILENT_AND_TAKES -> List.of(new Reaction.Silent(), takes);
                case SILENT -> List.of(new Reaction.Silent());
            };
        }

        /** What becomes of the push, unless it is cancelled. */
        private @Nullable Reason reason() {
            return switch (this) {
                case TAKES, BUSY_AND_TAKES, FAILS_TWICE_AND_TAKES, SILENT_AND_TAKES -> null;
                case BUSY -> Reason.USSD_BUSY;
                case UNKNOWN -> Reason.ERROR;
                case ABSENT -> Reason.ABSENT_SUBSCRIBER;
                case ABORTS -> Reason.ABORTED;
                case SILENT -> Reason.NO_ANSWER;
            };
        }

        private int attempts() {
            return switch (this) {
                case TAKES, UNKNOWN, ABSENT, ABORTS -> 1;
                case BUSY_AND_TAKES, SILENT_AND_TAKES -> 2;
                case FAILS_TWICE_AND_TAKES, BUSY, SILENT -> 3;
            };
        }
    }

    private record Written(String event, Map<String, String> fields) {
        String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    private Engine engine(LeapingTime time) throws Exception {
        Engine engine =
                new Engine(
                        Configuration.read(folder.resolve("rules.yaml")),
                        DialogObserver.NOBODY,
                        time);
        engine.start();
        engine.handsets().receive(subscribers);
        return engine;
    }

    private static Handset.Eyes takes(Handset handset) {
        return (screen, received) -> {
            try {
                switch (screen) {
                    case Menu menu -> handset.answer(menu, "1");
                    case Notify notify -> handset.acknowledge(notify);
                    default -> {}
                }
            } catch (UnsendableText e) {
                throw new AssertionError(e);
            } catch (DialogGoneException e) {
                // its push was withdrawn in this moment
            }
        };
    }

    private static String number(int i) {
        return "2776%07d".formatted(i);
    }

    private static PushOrder order(int i) {
        PushOrder.Content content =
                switch (i % 4) {
                    case 0 -> new PushOrder.Text(Screen.NOTIFY, "Hello");
                    case 1 -> new PushOrder.Text(Screen.MENU, "Yes?");
                    default -> new PushOrder.Script("survey", null);
                };
        return PushOrder.of(number(i), content, "test");
    }

    private static PushReport find(Engine engine, String id) {
        return engine.pushes().find(id).join().orElseThrow();
    }

    /** Orders them, withdraws each seventh at some moment, and waits until all have ended. */
    private Map<String, Kind> run(Engine engine, LeapingTime time) {
        Map<String, Kind> ordered = new TreeMap<>();
        for (int i = 0; i < PUSHES; i++) {
            Kind kind = Kind.values()[i % Kind.values().length];
            subscribers.on(number(i), PushReconciliationTest::takes);
            subscribers.react(number(i), kind.reactions());
            Submission submission = engine.pushes().submit(order(i)).join();
            String id = ((Submission.Accepted) submission).report().id();
            ordered.put(id, kind);
            if (i % 7 == 0) {
                var _ = engine.pushes().cancel(id);
            }
        }
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100)) // for each second that passes for the engine
                .until(
                        () -> {
                            time.leap(Duration.ofSeconds(1));
                            return ordered.keySet().stream()
                                    .allMatch(it -> find(engine, it).state().isLast());
                        });
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
        return ordered;
    }

    private Map<String, List<Written>> records() throws IOException {
        Map<String, List<Written>> records = new HashMap<>();
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            for (Path file : files.sorted().toList()) {
                for (String line : Files.readAllLines(file)) {
                    Matcher record = RECORD.matcher(line);
                    if (record.matches()) {
                        Map<String, String> fields = new HashMap<>();
                        for (String field : record.group(3).split("\\|", -1)) {
                            fields.put(
                                    field.substring(0, field.indexOf('=')),
                                    field.substring(field.indexOf('=') + 1));
                        }
                        records.computeIfAbsent(record.group(4), _ -> new ArrayList<>())
                                .add(new Written(record.group(2), fields));
                    }
                }
            }
        }
        return records;
    }

    @Test
    void records_counters_and_the_store_tell_the_same_of_each_push() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("rules.yaml"), RULES);
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'Hello'");
        Files.writeString(folder.resolve("scripts/survey.lua"), SURVEY);
        Map<String, Kind> ordered;
        Map<String, PushReport> before = new HashMap<>();
        Map<String, Long> counted;
        LeapingTime time = new LeapingTime();
        try (Engine engine = engine(time)) {
            ordered = run(engine, time);
            ordered.keySet().forEach(id -> before.put(id, find(engine, id)));
            assertThat(engine.stackDialogs()).isZero();
            assertThat(engine.handsets().openHandsetDialogs()).isZero();
            assertThat(engine.pushes().standing().waiting()).isZero();
            assertThat(engine.pushes().standing().running()).isZero();
            engine.stop();
            assertThat(engine.status().reconciliation())
                    .allSatisfy(it -> assertThat(it.surplus()).as(it.text()).isZero());
            counted = engine.counters().snapshot();
        }
        Map<String, List<Written>> records = records();
        assertThat(records.keySet()).isSubsetOf(ordered.keySet());
        try (Engine again = engine(new LeapingTime())) {
            ordered.forEach(
                    (id, kind) -> {
                        PushReport stored = find(again, id);
                        assertThat(stored.state())
                                .isEqualTo(requireNonNull(before.get(id)).state());
                        became(stored, kind);
                        told(stored, records.getOrDefault(id, List.of()));
                    });
        }
        counts(before, records, counted);
        StringWriter err = new StringWriter();
        assertThat(
                        InProcess.ussd(
                                new StringWriter(),
                                err,
                                "edr",
                                "--validate",
                                folder.resolve("edr").toString()))
                .as(err.toString())
                .isZero();
    }

    private static void became(PushReport push, Kind kind) {
        if (push.state() == State.CANCELLED) {
            return;
        }
        assertThat(push.reason()).as("%s of %s", push, kind).isEqualTo(kind.reason());
        assertThat(push.attempts()).as("%s of %s", push, kind).isEqualTo(kind.attempts());
        assertThat(push.state()).isEqualTo(kind.reason() == null ? State.COMPLETED : State.FAILED);
    }

    /** One record of each attempt, of each repeat, and of the end. */
    private static void told(PushReport push, List<Written> records) {
        assertThat(records.stream().filter(it -> it.event().equals("PUSH")))
                .as("%s: %s", push, records)
                .hasSize(push.attempts());
        List<Written> ends =
                records.stream()
                        .filter(it -> !it.event().equals("PUSH"))
                        .filter(it -> it.field("RETRY").isEmpty())
                        .toList();
        assertThat(ends).as("%s: %s", push, records).hasSize(1);
        Written end = records.getLast();
        assertThat(ends).containsExactly(end);
        if (push.state() == State.COMPLETED) {
            assertThat(end.event()).isEqualTo("PUSH-R");
            return;
        }
        assertThat(end.event()).isEqualTo("PUSH-E");
        assertThat(end.field("STATE")).isEqualTo(word(push.state()));
        assertThat(end.field("ATTEMPT")).isEqualTo("" + push.attempts());
        if (push.state() == State.FAILED) {
            assertThat(end.field("REASON")).isEqualTo(word(push.reason()));
        }
    }

    private static String word(@Nullable Enum<?> it) {
        return it == null ? "" : it.name().toLowerCase(Locale.ROOT);
    }

    private static void counts(
            Map<String, PushReport> pushes,
            Map<String, List<Written>> records,
            Map<String, Long> counted) {
        Map<String, Long> expected = new TreeMap<>();
        expected.put("push.accepted", (long) PUSHES);
        expected.put(
                "push.attempts", pushes.values().stream().mapToLong(PushReport::attempts).sum());
        pushes.values().stream()
                .collect(groupingBy(it -> "push.ended." + word(it.state()), counting()))
                .forEach(expected::put);
        records.values().stream()
                .flatMap(List::stream)
                .filter(it -> !it.field("RETRY").isEmpty())
                .collect(groupingBy(it -> "push.retries." + it.field("REASON"), counting()))
                .forEach(expected::put);
        Map<String, Long> actual = new TreeMap<>(counted);
        actual.keySet().removeIf(it -> !it.startsWith("push."));
        assertThat(actual).isEqualTo(expected);
        assertThat(expected.keySet())
                .contains(
                        "push.ended.completed",
                        "push.ended.failed",
                        "push.ended.cancelled",
                        "push.retries.ussd_busy",
                        "push.retries.system_failure",
                        "push.retries.no_answer");
    }
}
