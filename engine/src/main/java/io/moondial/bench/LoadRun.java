package io.moondial.bench;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.UssdString.UnsendableText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** One load against one engine, from its first dialog to its last. */
final class LoadRun {
    private static final long LOOK_MILLIS = 50;

    /**
     * How many parked dialogs may be on their way into or out of their menu at once: without a
     * bound all the messages would be sent in one go, which no link takes.
     */
    private static final int ON_THEIR_WAY = 2_000;

    private static final long ROOM_NANOS = 100_000;

    private final FarSide network;
    private final Talk talk;
    private final Plan.Load load;
    private final int heldMenus;
    private final Tally tally = new Tally();
    private final Semaphore free;
    private final Set<LoadDialog> open = ConcurrentHashMap.newKeySet();

    private LoadRun(FarSide network, Talk talk, Plan.Load load, int heldMenus) {
        this.network = network;
        this.talk = talk;
        this.load = load;
        this.heldMenus = heldMenus;
        this.free = new Semaphore(load.concurrency());
    }

    /** Dialogs that are answered at once. */
    static LoadRun answering(FarSide network, Talk talk, Plan.Load load) {
        return new LoadRun(network, talk, load, 0);
    }

    /** Dialogs that stay in each of their first menus until told to go on. */
    static LoadRun parking(FarSide network, Talk talk, Plan.Load load, int heldMenus) {
        return new LoadRun(network, talk, load, heldMenus);
    }

    Tally tally() {
        return tally;
    }

    /**
     * Holds all the dialogs.
     *
     * @return how long that took, from the first that was due to the last that was over
     */
    Duration hold() throws InterruptedException {
        long began = System.nanoTime();
        begin();
        finish();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Begins all the dialogs, and waits until each of them is parked. */
    void park() throws InterruptedException {
        begin();
        awaitParked(load.dialogs());
    }

    private void awaitParked(long times) throws InterruptedException {
        awaitWhileAnythingMoves(() -> tally.parkedSoFar() + tally.failedSoFar() >= times);
    }

    /**
     * Answers the parked dialogs one after the other, at this rate per second, and waits until each
     * is parked in its next menu.
     */
    void goOn(double rate) throws InterruptedException {
        long before = tally.parkedSoFar();
        List<LoadDialog> dialogs = List.copyOf(open);
        Plan.Load steady = new Plan.Load(dialogs.size(), rate, dialogs.size(), load.patience());
        long began = System.nanoTime();
        for (int i = 0; i < dialogs.size(); i++) {
            dialogs.get(i).goOn(waitUntil(began + steady.due(i)));
        }
        awaitParked(before + dialogs.size());
    }

    /** Answers the parked dialogs, and waits until they are over. */
    void goOn() throws InterruptedException {
        List<LoadDialog> parked = List.copyOf(open);
        for (int i = 0; i < parked.size(); i++) {
            int waiting = parked.size() - i;
            if (!awaitRoom(() -> open.size() - waiting < ON_THEIR_WAY)) {
                break;
            }
            parked.get(i).goOn();
        }
        finish();
    }

    private void begin() throws InterruptedException {
        long began = System.nanoTime();
        for (int i = 0; i < load.dialogs(); i++) {
            long due = waitUntilDue(began, i);
            if (!mayBegin(i)) {
                tally.failed(
                        "%d dialogs were never begun: nothing moved for %s"
                                .formatted(load.dialogs() - i, load.patience()));
                return;
            }
            LoadDialog dialog = new LoadDialog(talk, tally, heldMenus, this::over);
            open.add(dialog);
            dialog.begin(network, due);
        }
    }

    private boolean mayBegin(int begun) throws InterruptedException {
        return (heldMenus == 0 || awaitRoom(() -> onTheirWay(begun) < ON_THEIR_WAY))
                && free.tryAcquire(load.patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How many of those begun are not parked in their first menu yet. */
    private long onTheirWay(int begun) {
        return begun - tally.parkedSoFar() - tally.failedSoFar();
    }

    /** Waits for room; false if there is none while patience lasts. */
    private boolean awaitRoom(BooleanSupplier room) {
        long end = System.nanoTime() + load.patience().toNanos();
        while (!room.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(ROOM_NANOS);
        }
        return true;
    }

    /** When a dialog was due: with no rate, now that there is room for it. */
    private long waitUntilDue(long began, int dialog) {
        if (load.rate() == 0) {
            return LoadDialog.ONCE_BEGUN;
        }
        return waitUntil(began + load.due(dialog));
    }

    private static long waitUntil(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return due;
    }

    private void over(LoadDialog dialog) {
        open.remove(dialog);
        free.release();
    }

    private void finish() throws InterruptedException {
        awaitWhileAnythingMoves(open::isEmpty);
        List.copyOf(open).forEach(LoadDialog::neverAnswered);
    }

    private void awaitWhileAnythingMoves(BooleanSupplier done) throws InterruptedException {
        long seen = -1;
        long lastMove = System.nanoTime();
        while (!done.getAsBoolean() && System.nanoTime() - lastMove < load.patience().toNanos()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            if (tally.moves() != seen) {
                seen = tally.moves();
                lastMove = System.nanoTime();
            }
        }
    }

    /**
     * One handset of a load: it answers at once, checks every text, and takes the time of every
     * turn. Its monitor keeps a screen that comes at once waiting until the handset that sees it is
     * there.
     */
    private static final class LoadDialog {
        /** Instead of a time that was due: the first turn counts from when the dialog begins. */
        static final long ONCE_BEGUN = Long.MIN_VALUE;

        private final Talk talk;
        private final Tally tally;
        private final Consumer<LoadDialog> over;
        private @Nullable Handset handset;
        private int next;
        private int answered;
        private long since;
        private Screen.@Nullable Menu held;
        private final int heldMenus;
        private boolean done;

        /**
         * A dialog that has not begun.
         *
         * @param heldMenus how many of its menus it leaves open until told to go on
         * @param over called once, when the dialog is over
         */
        LoadDialog(Talk talk, Tally tally, int heldMenus, Consumer<LoadDialog> over) {
            this.talk = talk;
            this.tally = tally;
            this.heldMenus = heldMenus;
            this.over = over;
        }

        /** Begins; the first turn counts from when it was due, in the terms of {@code nanoTime}. */
        synchronized void begin(FarSide network, long due) {
            tally.started();
            since = due == ONCE_BEGUN ? System.nanoTime() : due;
            try {
                handset = Handset.begin(network, talk.call(), this::came);
            } catch (RuntimeException e) {
                fail("a dialog cannot be begun: " + e.getMessage());
            }
        }

        private synchronized void came(Screen screen) {
            if (done) {
                return;
            }
            tally.turn(System.nanoTime() - since);
            Talk.Shown shown = Talk.Shown.of(screen);
            if (!shown.equals(talk.screens().get(next))) {
                fail(
                        "screen %d: expected %s, got %s"
                                .formatted(next + 1, talk.screens().get(next), shown));
                if (!screen.isLast()) {
                    giveUp();
                }
                return;
            }
            next++;
            if (next == talk.screens().size()) {
                finish();
            } else if (screen instanceof Screen.Menu menu && next <= heldMenus) {
                held = menu;
                tally.parked();
            } else {
                react(screen, System.nanoTime());
            }
        }

        /** Answers the menu that was left open, now. */
        void goOn() {
            goOn(System.nanoTime());
        }

        /** Answers the menu that was left open; the turn counts from when that was due. */
        synchronized void goOn(long due) {
            Screen.Menu menu = held;
            if (menu != null) {
                held = null;
                react(menu, due);
            }
        }

        private void react(Screen screen, long from) {
            Handset mine = handset;
            if (mine == null) {
                throw new IllegalStateException("a screen before the handset began: " + screen);
            }
            since = from;
            try {
                switch (screen) {
                    case Screen.Menu menu -> mine.answer(menu, talk.answer(answered++));
                    case Screen.Notify notify -> mine.acknowledge(notify);
                    case Screen.Respond r -> throw unexpectedEnd(r);
                    case Screen.Decline d -> throw unexpectedEnd(d);
                    case Screen.Acknowledge a -> throw unexpectedEnd(a);
                    case Screen.Close c -> throw unexpectedEnd(c);
                    case Screen.Abort a -> throw unexpectedEnd(a);
                    case Screen.Reject r -> throw unexpectedEnd(r);
                }
            } catch (UnsendableText | DialogGoneException e) {
                fail("answer %d cannot be sent: %s".formatted(next, e.getMessage()));
            }
        }

        private static IllegalStateException unexpectedEnd(Screen screen) {
            return new IllegalStateException("a conversation goes on behind " + screen);
        }

        /** Counts as failed if it is not over yet. */
        synchronized void neverAnswered() {
            if (!done) {
                fail("screen %d never came".formatted(next + 1));
                giveUp();
            }
        }

        private void giveUp() {
            if (handset != null) {
                handset.vanish();
            }
        }

        private void finish() {
            done = true;
            tally.finished();
            over.accept(this);
        }

        private void fail(String why) {
            done = true;
            tally.failed(why);
            over.accept(this);
        }
    }

    /** What a load has come to so far; counted from any thread. */
    static final class Tally {
        static final int DIGITS = 3;

        /** Of all failures, only the first few are described. */
        private static final int FAILURES_KEPT = 5;

        private final Recorder turns = new Recorder(DIGITS);
        private final LongAdder started = new LongAdder();
        private final LongAdder finished = new LongAdder();
        private final LongAdder parked = new LongAdder();
        private final AtomicInteger failed = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

        void started() {
            started.increment();
        }

        void turn(long nanos) {
            turns.recordValue(Math.max(0, nanos));
        }

        /** Its first menu is open, and is left so. */
        void parked() {
            parked.increment();
        }

        void finished() {
            finished.increment();
        }

        void failed(String why) {
            if (failed.incrementAndGet() <= FAILURES_KEPT) {
                failures.add(why);
            }
        }

        long startedSoFar() {
            return started.sum();
        }

        long finishedSoFar() {
            return finished.sum();
        }

        long parkedSoFar() {
            return parked.sum();
        }

        int failedSoFar() {
            return failed.get();
        }

        /** Changes with everything that happens to a dialog but its turns in between. */
        long moves() {
            return startedSoFar() + parkedSoFar() + finishedSoFar() + failedSoFar();
        }

        List<String> failures() {
            return List.copyOf(failures);
        }

        /** What each turn took, in nanoseconds; to be asked once, at the end. */
        Histogram turns() {
            return turns.getIntervalHistogram();
        }

        /** A line a second while a load runs. */
        static final class Progress {
            private static final Duration EVERY = Duration.ofSeconds(1);

            private final PrintWriter out;

            Progress(PrintWriter out) {
                this.out = out;
            }

            /** Shows how a load gets on, until it is closed. */
            Shown of(String name, Tally tally) {
                return new Shown(name, tally);
            }

            /** One load in the showing. */
            final class Shown implements AutoCloseable {
                private final ScheduledExecutorService ticks =
                        new ScheduledThreadPoolExecutor(
                                1, Thread.ofPlatform().daemon().name("progress").factory());
                private final String name;
                private final Tally tally;
                private final ScheduledFuture<?> ticking;
                private long finished;

                private Shown(String name, Tally tally) {
                    this.name = name;
                    this.tally = tally;
                    ticking =
                            ticks.scheduleAtFixedRate(
                                    this::show,
                                    EVERY.toNanos(),
                                    EVERY.toNanos(),
                                    TimeUnit.NANOSECONDS);
                }

                private void show() {
                    long now = tally.finishedSoFar();
                    out.printf(
                            "%s: %d started, %d finished, %d failed, %d/s%n",
                            name, tally.startedSoFar(), now, tally.failedSoFar(), now - finished);
                    out.flush();
                    finished = now;
                }

                @Override
                public void close() {
                    ticking.cancel(false);
                    ticks.shutdownNow();
                }
            }
        }
    }
}
