package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.dialog.DialogFact;
import io.moondial.handset.Handset;
import io.moondial.logic.DialogObserver;
import io.moondial.logic.ServiceDesk;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.SystemTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop of the whole engine while a dialog cannot be ended. */
class StopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path folder;

    @Test
    void a_dialog_that_outlives_the_stop_spoils_it_and_its_late_records_are_counted()
            throws Exception {
        Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "ussd.menu('?')");
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main}]}
                dialogs: {stop_timeout: 0s}
                """);
        CountDownLatch asking = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        DialogObserver holding =
                DialogObserver.always(
                        (dialog, at, fact) -> {
                            if (fact instanceof DialogFact.Shown) {
                                asking.countDown();
                            } else if (fact instanceof DialogFact.Failed) {
                                await().atMost(PATIENCE).until(() -> mayEnd.getCount() == 0);
                            }
                        });
        Engine engine =
                new Engine(
                        Configuration.read(folder.resolve("rules.yaml")),
                        holding,
                        new SystemTime(),
                        new ServiceDesk.StopClock(
                                Duration.ofMillis(1), Duration.ofMinutes(1), System::nanoTime));
        try (engine) {
            engine.start();
            Handset.begin(
                    engine.handsets(),
                    new FarSide.Call(
                            Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                            UssdString.encode("*1#", Dcs.UNSPECIFIED),
                            null,
                            null,
                            null,
                            6),
                    screen -> {});
            assertThat(asking.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Engine.Stop stop = engine.stop();
            assertThat(stop.aborted()).isEqualTo(1);
            assertThat(stop.left()).isEqualTo(1);
            assertThat(stop.isWhole()).isFalse();
            mayEnd.countDown();
            await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
            assertThat(engine.counters().value("edr.dropped")).isPositive();
            assertThat(engine.counters().value("dialogs.broken")).isZero();
        }
    }
}
