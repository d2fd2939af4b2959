package io.moondial.bench;

import io.moondial.channel.FarSide;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

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
    private final Load load;
    private final int heldMenus;
    private final Tally tally = new Tally();
    private final Semaphore free;
    private final Set<LoadDialog> open = ConcurrentHashMap.newKeySet();

    private LoadRun(FarSide network, Talk talk, Load load, int heldMenus) {
        this.network = network;
        this.talk = talk;
        this.load = load;
        this.heldMenus = heldMenus;
        this.free = new Semaphore(load.concurrency());
    }

    /** Dialogs that are answered at once. */
    static LoadRun answering(FarSide network, Talk talk, Load load) {
        return new LoadRun(network, talk, load, 0);
    }

    /** Dialogs that stay in each of their first menus until told to go on. */
    static LoadRun parking(FarSide network, Talk talk, Load load, int heldMenus) {
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
     * Answers the parked dialogs one after the other, so many a second, and waits until each is
     * parked in its next menu.
     */
    void goOn(double rate) throws InterruptedException {
        long before = tally.parkedSoFar();
        List<LoadDialog> dialogs = List.copyOf(open);
        Load steady = new Load(dialogs.size(), rate, dialogs.size(), load.patience());
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

    /** Waits for room; false where there is none while patience lasts. */
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
}
