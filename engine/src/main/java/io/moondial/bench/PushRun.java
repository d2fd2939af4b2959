package io.moondial.bench;

import io.moondial.bench.LoadRun.Tally;
import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.Pushes;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One load of dialogs that the engine begins: each is ordered, waits for its turn, and is answered
 * by a handset of its own, which checks every text. It is over when the engine says so.
 */
final class PushRun {
    /** Each push goes to a subscriber of its own: no two of them wait for each other. */
    private static final AtomicLong NUMBERS = new AtomicLong(27_000_000_000L);

    private static final String BY = "bench";
    private static final long LOOK_MILLIS = 50;
    private static final int UNKNOWN_SUBSCRIBER = 1;

    private final Pushes pushes;
    private final Talk talk;
    private final Duration patience;
    private final Tally tally = new Tally();

    /** Those whose dialog has begun; a push that waits takes nothing here. */
    private final Map<String, Pushed> begun = new ConcurrentHashMap<>();

    private final Semaphore free;

    /**
     * A load whose handsets are on from now on.
     *
     * @param talk what each dialog shows: menus, and a notify at last
     * @param concurrency how many may be open at once
     * @param patience how long nothing at all may happen
     */
    PushRun(Pushes pushes, FarSide network, Talk talk, int concurrency, Duration patience) {
        this.pushes = pushes;
        this.talk = talk;
        this.patience = patience;
        free = new Semaphore(concurrency);
        network.receive(this::taken);
    }

    Tally tally() {
        return tally;
    }

    /**
     * Orders these pushes one after the other, each as soon as there is room for it, and waits
     * until all have ended.
     *
     * @return how long that took
     */
    Duration hold(int number) throws InterruptedException {
        long began = System.nanoTime();
        for (int i = 0; i < number; i++) {
            if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                tally.failed(
                        "%d pushes were never ordered: nothing moved for %s"
                                .formatted(number - i, patience));
                break;
            }
            var _ = order();
        }
        awaitEnd();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Orders these pushes as fast as they are accepted; they wait for their turns. */
    void queue(int number, int ordersAtOnce) throws InterruptedException {
        Semaphore underWay = new Semaphore(ordersAtOnce);
        for (int i = 0; i < number; i++) {
            underWay.acquire();
            var _ = order().thenRun(underWay::release);
        }
        underWay.acquire(ordersAtOnce);
    }

    /** Waits until all that were ordered have ended. */
    void awaitEnd() throws InterruptedException {
        long seen = -1;
        long lastMove = System.nanoTime();
        while (left() > 0 && System.nanoTime() - lastMove < patience.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            if (tally.moves() != seen) {
                seen = tally.moves();
                lastMove = System.nanoTime();
            }
        }
        for (long i = left(); i > 0; i--) {
            tally.failed("a push has not ended");
        }
    }

    private long left() {
        return tally.startedSoFar() - tally.finishedSoFar() - tally.failedSoFar();
    }

    /** Orders one; completes once the engine has taken it, or not. */
    private CompletableFuture<?> order() {
        tally.started();
        String msisdn = Long.toString(NUMBERS.incrementAndGet());
        return pushes.submit(
                        PushOrder.of(
                                msisdn, new PushOrder.Script(Talk.BenchRules.SCRIPT, null), BY))
                .thenAccept(
                        submission -> {
                            if (submission instanceof Pushes.Submission.Refused refused) {
                                tally.failed("a push is refused: " + refused.detail());
                                free.release();
                            }
                        });
    }

    /** A push has changed, as the engine says; on any thread. */
    void changed(PushReport report) {
        if (!report.state().isLast()) {
            return;
        }
        Pushed pushed = begun.remove(report.msisdn());
        if (pushed != null && pushed.isWhole() && report.state() == PushReport.State.COMPLETED) {
            tally.finished();
        } else {
            tally.failed(
                    pushed == null
                            ? "a push has ended without a dialog: " + report
                            : pushed.failure(report));
        }
        free.release();
    }

    /** The handset that is called has the number that is the destination of its dialog. */
    private MessageLink.Receiver taken(MessageDesk.Begin begin, MessageLink link) {
        Address destination = begin.opening().destination();
        if (destination == null) {
            FarSide.refuse(begin, link, UNKNOWN_SUBSCRIBER);
            return (Message message) -> {};
        }
        Pushed pushed = new Pushed();
        begun.put(destination.digits(), pushed);
        return pushed.begun(begin, link);
    }

    /** One push at its handset, which answers at once and checks every text. */
    private final class Pushed {
        private @Nullable Handset handset;
        private int next;
        private int answered;
        private long since;
        private @Nullable String failure;

        MessageLink.Receiver begun(MessageDesk.Begin begin, MessageLink link) {
            // The first screen comes before there is a handset to answer it.
            Screen[] first = new Screen[1];
            Handset mine =
                    Handset.begun(
                            begin,
                            link,
                            (screen, received) -> {
                                if (first[0] == null) {
                                    first[0] = screen;
                                } else {
                                    came(screen);
                                }
                            });
            begun(mine, first[0]);
            return mine.receiver();
        }

        private synchronized void begun(Handset mine, Screen first) {
            handset = mine;
            check(mine, first);
        }

        private synchronized void came(Screen screen) {
            Handset mine = handset;
            if (failure == null && mine != null && next < talk.screens().size()) {
                tally.turn(System.nanoTime() - since);
                check(mine, screen);
            }
        }

        private void check(Handset mine, Screen screen) {
            Talk.Shown shown = Talk.Shown.of(screen);
            if (shown.equals(talk.screens().get(next))) {
                next++;
                react(mine, screen);
            } else {
                failure =
                        "screen %d: expected %s, got %s"
                                .formatted(next + 1, talk.screens().get(next), shown);
                mine.vanish();
            }
        }

        private void react(Handset mine, Screen screen) {
            since = System.nanoTime();
            try {
                if (screen instanceof Screen.Menu menu) {
                    mine.answer(menu, talk.answer(answered++));
                } else if (screen instanceof Screen.Notify notify) {
                    mine.acknowledgeAndRelease(notify);
                }
            } catch (UnsendableText | DialogGoneException e) {
                failure = "answer %d cannot be sent: %s".formatted(next, e.getMessage());
            }
        }

        synchronized boolean isWhole() {
            return failure == null && next == talk.screens().size();
        }

        synchronized String failure(PushReport report) {
            return failure == null
                    ? "a push has ended with %d screens shown: %s".formatted(next, report)
                    : failure;
        }
    }
}
