package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogLink;
import io.moondial.channel.NodeOpener;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Outgoing;
import io.moondial.edr.Edr;
import io.moondial.edr.InstanceIds;
import io.moondial.metrics.Counters;
import io.moondial.modules.BuiltInModules;
import io.moondial.rules.Trigger;
import io.moondial.rules.TriggerTable;
import io.moondial.script.ScriptHost;
import io.moondial.script.api.Backends;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.SystemTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop whose dialogs take long to end, or never do; the clock of the stop is moved by hand. */
class HardStopTest {
    private static final int DIALOGS = 4;

    /** Small, as the stop looks at its clock when so much real time is over. */
    private static final Duration KILL_TIME = Duration.ofMillis(20);

    /** So much that the clock is never there by steps of the other. */
    private static final Duration TOTAL = Duration.ofHours(24);

    @TempDir Path folder;

    private final List<Edr> records = new CopyOnWriteArrayList<>();
    private final SystemTime time = new SystemTime();

    /** Dialogs that wait in a menu, and those that were stopped and wait for a permit to end. */
    private final CountDownLatch asking = new CountDownLatch(DIALOGS);

    private final CountDownLatch stopped = new CountDownLatch(DIALOGS);
    private final Semaphore mayEnd = new Semaphore(0);

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger askedForTime = new AtomicInteger();
    private ServiceDesk desk;

    @BeforeEach
    void begin() throws Exception {
        desk =
                new ServiceDesk(
                        (stream, edr) -> records.add(edr),
                        () -> true,
                        new InstanceIds("Logic", time.now(), new Random(1)),
                        new Counters(),
                        DialogEnvironment.at(
                                time,
                                Backends.NONE,
                                NodeOpener.NOWHERE,
                                DialogObserver.always(this::told)),
                        DIALOGS,
                        new ServiceDesk.StopClock(KILL_TIME, TOTAL, this::nanos));
        Files.writeString(folder.resolve("main.lua"), "ussd.menu('?')");
        Trigger all = new Trigger(1, "main", Trigger.Conditions.NONE, Trigger.Overrides.NONE);
        desk.serve(
                List.of(
                        LuaService.dialled(
                                LiveDesk.dialled(folder).with(new TriggerTable(List.of(all))),
                                new ScriptHost(BuiltInModules.create(), 2).compile(folder),
                                LiveDesk.SCRIPT_RULES,
                                null)));
        for (int i = 0; i < DIALOGS; i++) {
            desk.begun(opening(), new Link());
        }
        assertThat(asking.await(LiveDesk.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void end() {
        mayEnd.release(DIALOGS);
        await().atMost(LiveDesk.PATIENCE).until(() -> desk.openDialogs() == 0);
        time.close();
    }

    private void told(DialogIdentity dialog, Instant at, DialogFact fact) {
        switch (fact) {
            case DialogFact.Shown _ -> asking.countDown();
            case DialogFact.Failed _ -> {
                stopped.countDown();
                mayEnd.acquireUninterruptibly();
            }
            default -> {}
        }
    }

    private long nanos() {
        askedForTime.incrementAndGet();
        return now.get();
    }

    private static Opening opening() throws Exception {
        Party party = new Party(1, 6, null, Party.ROUTE_ON_SSN);
        return new Opening(
                DialogKind.DIALLED,
                UssdString.encode("*1#", Dcs.UNSPECIFIED),
                "*1#",
                null,
                null,
                null,
                party,
                party,
                "00000001",
                "02",
                null);
    }

    private static final class Link implements DialogLink {
        @Override
        public String localTid() {
            return "00000001";
        }

        @Override
        public Optional<String> send(Outgoing message) {
            return Optional.empty();
        }

        @Override
        public void forget() {}
    }

    /** Begins a stop; each dialog is aborted, and waits. */
    private CompletableFuture<ServiceDesk.Stop> stop() throws InterruptedException {
        CompletableFuture<ServiceDesk.Stop> stop = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                stop.complete(desk.stop(Duration.ZERO));
                            } catch (InterruptedException | RuntimeException | Error e) {
                                stop.completeExceptionally(e);
                            }
                        });
        assertThat(stopped.await(LiveDesk.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return stop;
    }

    /** It has looked at its clock so often, or is over. */
    private void awaitLooks(int looks, CompletableFuture<ServiceDesk.Stop> stop) {
        int asked = askedForTime.get();
        await().atMost(LiveDesk.PATIENCE)
                .until(() -> askedForTime.get() >= asked + looks || stop.isDone());
    }

    private void endOne() {
        int before = desk.openDialogs();
        mayEnd.release();
        await().atMost(LiveDesk.PATIENCE).until(() -> desk.openDialogs() == before - 1);
    }

    private static List<String> complaints(LogWatch log) {
        return log.lines().stream().filter(line -> line.contains("run on although")).toList();
    }

    @Test
    void a_stop_waits_for_as_long_as_aborted_dialogs_keep_ending() throws Exception {
        try (LogWatch log = new LogWatch("dialog")) {
            CompletableFuture<ServiceDesk.Stop> stop = stop();
            for (int i = 1; i < DIALOGS; i++) {
                endOne();
                now.addAndGet(KILL_TIME.toNanos() * 6 / 10);
                awaitLooks(2, stop); // it has seen the new time, and has not returned for it
                assertThat(stop).isNotDone();
            }
            mayEnd.release();
            assertThat(stop.get(LiveDesk.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(new ServiceDesk.Stop(DIALOGS, 0));
            assertThat(records.stream().filter(it -> it.event().equals("USSD-ABORT")))
                    .hasSize(DIALOGS);
            assertThat(complaints(log)).isEmpty();
        }
    }

    @Test
    void a_stop_whose_dialogs_end_no_more_says_so_once_with_their_number() throws Exception {
        try (LogWatch log = new LogWatch("dialog")) {
            CompletableFuture<ServiceDesk.Stop> stop = stop();
            endOne();
            await().atMost(LiveDesk.PATIENCE)
                    .until(
                            () -> {
                                now.addAndGet(KILL_TIME.toNanos());
                                return stop.isDone();
                            });
            assertThat(stop.get()).isEqualTo(new ServiceDesk.Stop(DIALOGS, DIALOGS - 1));
            assertThat(complaints(log))
                    .singleElement()
                    .asString()
                    .startsWith(DIALOGS - 1 + " dialogs run on")
                    .contains("in the last 20ms", " 00000001 main, Logic-");
        }
    }

    @Test
    void a_stop_whose_dialogs_keep_ending_waits_no_longer_than_its_bound() throws Exception {
        try (LogWatch log = new LogWatch("dialog")) {
            CompletableFuture<ServiceDesk.Stop> stop = stop();
            awaitLooks(4, stop); // it has counted them all, and waits
            endOne();
            now.addAndGet(TOTAL.toNanos());
            assertThat(stop.get(LiveDesk.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(new ServiceDesk.Stop(DIALOGS, DIALOGS - 1));
            assertThat(complaints(log))
                    .singleElement()
                    .asString()
                    .contains("the stop waits for their end no longer than 1d: ");
        }
    }

    @Test
    void a_signal_while_aborted_dialogs_end_leaves_them_one_more_wait() throws Exception {
        try (LogWatch log = new LogWatch("dialog")) {
            CompletableFuture<ServiceDesk.Stop> stop = stop();
            awaitLooks(4, stop);
            desk.hurry();
            endOne();
            awaitLooks(2, stop);
            assertThat(stop).isNotDone();
            now.addAndGet(KILL_TIME.toNanos());
            assertThat(stop.get(LiveDesk.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(new ServiceDesk.Stop(DIALOGS, DIALOGS - 1));
            assertThat(complaints(log))
                    .singleElement()
                    .asString()
                    .contains("another signal came meanwhile: ");
        }
    }

    @Test
    void a_signal_before_dialogs_are_aborted_takes_no_time_from_their_end() throws Exception {
        desk.hurry();
        CompletableFuture<ServiceDesk.Stop> stop = stop();
        awaitLooks(4, stop);
        endOne();
        now.addAndGet(KILL_TIME.toNanos());
        awaitLooks(4, stop); // the next wait has begun
        assertThat(stop).isNotDone();
        mayEnd.release(DIALOGS - 1);
        assertThat(stop.get(LiveDesk.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(new ServiceDesk.Stop(DIALOGS, 0));
    }
}
