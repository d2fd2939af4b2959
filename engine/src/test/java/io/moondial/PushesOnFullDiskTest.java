package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.dialog.DialogFact;
import io.moondial.edr.SmallDisk;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.handset.Subscribers;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes of a whole engine while the disk of the records is full. */
class PushesOnFullDiskTest {
    private static final int PUSHES = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of each push here: PUSH, USSD-NOTIFY, USSD-NOTIFY-R, USSD-END and PUSH-R. */
    private static final int RECORDS = 5;

    private static final String RULES =
            """
            process: {triggers: [{script_key: main}]}
            push: {route: hlr}
            kv: {store: memory}
            edr: {directory: "DISK/edr", max_flush_edrs: 1, retry_interval: 20ms, max_backlog: 20, when_full: HOW}
            """;

    @TempDir Path folder;
    private final Subscribers subscribers = new Subscribers();
    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();

    private Engine start(SmallDisk disk, String whenFull) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'Hello'");
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules, RULES.replace("DISK", disk.folder().toString()).replace("HOW", whenFull));
        Engine engine = new Engine(Configuration.read(rules));
        engine.start();
        engine.handsets().receive(subscribers);
        return engine;
    }

    private static String number(int of) {
        return "277614857" + (10 + of);
    }

    private List<String> order(Engine engine) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < PUSHES; i++) {
            String msisdn = number(i);
            subscribers.on(msisdn, handset -> acknowledges(handset, msisdn));
            PushOrder order =
                    PushOrder.of(
                            msisdn, new PushOrder.Text(DialogFact.Screen.NOTIFY, "Hello"), "test");
            ids.add(((Submission.Accepted) engine.pushes().submit(order).join()).report().id());
        }
        return ids;
    }

    private Handset.Eyes acknowledges(Handset handset, String msisdn) {
        return (screen, received) -> {
            if (screen instanceof Screen.Notify notify) {
                shown.add(msisdn);
                try {
                    handset.acknowledge(notify);
                } catch (DialogGoneException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private void assertEachWasShownOnce(Engine engine, List<String> ids) {
        for (String id : ids) {
            PushReport report =
                    engine.pushes()
                            .ended(id)
                            .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join()
                            .orElseThrow();
            assertThat(report.state()).isEqualTo(State.COMPLETED);
            assertThat(report.attempts()).isOne();
        }
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.iterate(0, it -> it + 1)
                                .limit(PUSHES)
                                .map(PushesOnFullDiskTest::number)
                                .toList());
    }

    /** Takes all that is left of the disk. */
    private static Path fill(SmallDisk disk) throws IOException {
        Path file = disk.folder().resolve("other");
        try (var out = Files.newOutputStream(file)) {
            byte[] piece = new byte[512];
            while (true) {
                out.write(piece);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
            return file;
        }
    }

    private static long records(SmallDisk disk) throws IOException {
        long records = 0;
        try (Stream<Path> files = Files.list(disk.folder().resolve("edr"))) {
            for (Path file : files.filter(it -> it.toString().endsWith(".edr")).toList()) {
                records +=
                        Files.readAllLines(file).stream().filter(it -> !it.startsWith("#")).count();
            }
        }
        return records;
    }

    @Test
    void records_that_are_lost_are_counted_and_no_push_waits_for_them_or_comes_twice()
            throws Exception {
        try (SmallDisk disk = SmallDisk.of("256k", folder)) {
            long lost;
            try (Engine engine = start(disk, "drop_records")) {
                Path other = fill(disk);
                assertEachWasShownOnce(engine, order(engine));
                await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
                assertThat(engine.counters().value("edr.dropped")).isPositive();
                Files.delete(other);
                engine.stop();
                lost = engine.counters().value("edr.dropped");
            }
            assertThat(records(disk) + lost).isEqualTo((long) PUSHES * RECORDS);
        }
    }

    @Test
    void where_no_record_may_be_lost_the_rest_waits_until_the_disk_has_room() throws Exception {
        try (SmallDisk disk = SmallDisk.of("256k", folder)) {
            try (Engine engine = start(disk, "refuse_dialogs")) {
                Path other = fill(disk);
                List<String> ids = order(engine);
                await().atMost(PATIENCE)
                        .until(() -> "overload".equals(engine.pushes().standing().held()));
                assertThat(engine.pushes().standing().waiting()).isPositive();
                assertThat(shown).hasSizeLessThan(PUSHES);
                Files.delete(other);
                assertEachWasShownOnce(engine, ids);
                engine.stop();
                assertThat(engine.counters().value("edr.dropped")).isZero();
            }
            assertThat(records(disk)).isEqualTo((long) PUSHES * RECORDS);
        }
    }
}
