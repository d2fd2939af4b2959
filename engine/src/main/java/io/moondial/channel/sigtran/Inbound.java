package io.moondial.channel.sigtran;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.sigtran.SigtranSettings.Admission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3PausePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that have come in and wait for the layers above. Each association has its own queues and
 * its turn, so that a message waits for few of other links. If too many of one association wait, it
 * is not read for a while, and its far end must wait too.
 */
final class Inbound implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Inbound.class);

    /** How many messages of one association are taken in one turn. */
    private static final int TURN = 16;

    private final List<Mtp3UserPartListener> layers = new CopyOnWriteArrayList<>();
    private final List<Source> sources = new CopyOnWriteArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private @Nullable Source reading;

    /**
     * Queues that nothing is taken from before {@link #start}.
     *
     * @param threads how many take messages at once; those of one signalling link selection stay in
     *     order
     */
    Inbound(int threads) {
        for (int i = 0; i < threads; i++) {
            workers.add(new Worker("sigtran-in-" + i));
        }
    }

    /** Has the thread that reads all links ask a source soon whether it {@link Source#isOpen}. */
    @FunctionalInterface
    interface Valve {
        void turn();
    }

    /** What comes over one association. */
    final class Source {
        private final AdmissionControl admission;
        private final Valve valve;
        private final int full;
        private final List<Queue> queues = new ArrayList<>();
        private final AtomicInteger waiting = new AtomicInteger();
        private final LongAdder received = new LongAdder();
        private final LongAdder sent = new LongAdder();
        private final int[] pointCodes;
        private boolean shut;

        private Source(AdmissionControl admission, Valve valve, int... pointCodes) {
            this.admission = admission;
            this.valve = valve;
            this.pointCodes = pointCodes.clone();
            full = admission.limits().maxWaiting();
            workers.forEach(worker -> queues.add(new Queue(this)));
        }

        /** What lets its dialogs in. */
        AdmissionControl admission() {
            return admission;
        }

        /** A message with user data has come, be it taken or not. */
        void received() {
            received.increment();
        }

        /** One was sent. */
        void sent() {
            sent.increment();
        }

        /** How many have come since the start. */
        long receivedSoFar() {
            return received.sum();
        }

        /** How many were sent since the start. */
        long sentSoFar() {
            return sent.sum();
        }

        /** How many of its messages nobody has taken yet. */
        int waiting() {
            return waiting.get();
        }

        /** Whether one of its application servers leads to this point. */
        boolean leadsTo(int pointCode) {
            for (int led : pointCodes) {
                if (led == pointCode) {
                    return true;
                }
            }
            return false;
        }

        /**
         * Whether its link is to be read: not from when it is full until half is taken; on the
         * thread that reads all links. What it finds does not depend on how late it is asked.
         */
        boolean isOpen() {
            int now = waiting.get();
            shut = shut ? now > full / 2 : now >= full;
            return !shut;
        }

        private void add(Mtp3TransferPrimitive message, int sls) {
            if (waiting.incrementAndGet() >= full) {
                valve.turn();
            }
            int lane = Math.floorMod(sls, workers.size());
            workers.get(lane).add(queues.get(lane), message);
        }

        private void taken() {
            if (waiting.decrementAndGet() == full / 2) {
                valve.turn();
            }
        }
    }

    /** What of one source waits for one worker; under the worker's lock. */
    private record Queue(Source source, ArrayDeque<Mtp3TransferPrimitive> messages) {
        Queue(Source source) {
            this(source, new ArrayDeque<>());
        }
    }

    /**
     * Queues for one more association.
     *
     * @param pointCodes those that its application servers lead to
     */
    Source source(AdmissionControl admission, Valve valve, int... pointCodes) {
        Source source = new Source(admission, valve, pointCodes);
        sources.add(source);
        return source;
    }

    /** What is added next came from there; on the thread that reads all links. */
    void reading(Source source) {
        reading = source;
    }

    /** A message has come; on the thread that reads all links. */
    void add(Mtp3TransferPrimitive message, int sls) {
        requireNonNull(reading, "messages come over links").add(message, sls);
    }

    /** From now on this layer takes what comes. */
    void add(Mtp3UserPartListener layer) {
        layers.add(layer);
    }

    /** It takes nothing more. */
    void remove(Mtp3UserPartListener layer) {
        layers.remove(layer);
    }

    /** A point cannot be reached. */
    void pause(int pointCode) {
        layers.forEach(it -> it.onMtp3PauseMessage(new Mtp3PausePrimitive(pointCode)));
    }

    /** A point can be reached. */
    void resume(int pointCode) {
        layers.forEach(it -> it.onMtp3ResumeMessage(new Mtp3ResumePrimitive(pointCode)));
    }

    /** Whether messages come over more than one association, connected or not. */
    boolean hasSeveralSources() {
        return sources.size() > 1;
    }

    /** How many messages nobody has taken yet, of all associations. */
    int waiting() {
        return sources.stream().mapToInt(Source::waiting).sum();
    }

    void start() {
        workers.forEach(Thread::start);
    }

    /** The association whose message this thread hands to the layers above now; null: none. */
    static @Nullable Source current() {
        return Thread.currentThread() instanceof Worker worker && worker.now != null
                ? worker.now.source
                : null;
    }

    @Override
    public void close() {
        workers.forEach(Worker::end);
    }

    /** Hands messages to the layers above, a few of each association in turn. */
    private final class Worker extends Thread {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition some = lock.newCondition();
        private final ArrayDeque<Queue> turns = new ArrayDeque<>();
        private final ArrayDeque<Mtp3TransferPrimitive> batch = new ArrayDeque<>(TURN);
        private boolean ended;
        private @Nullable Queue now;

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        void add(Queue queue, Mtp3TransferPrimitive message) {
            lock.lock();
            try {
                queue.messages.add(message);
                if (queue.messages.size() == 1) {
                    turns.add(queue);
                    some.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        void end() {
            lock.lock();
            try {
                ended = true;
                some.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void run() {
            for (Queue next = next(); next != null; next = next()) {
                now = next;
                for (var message = batch.poll(); message != null; message = batch.poll()) {
                    hand(message);
                    next.source.taken();
                }
                now = null;
            }
        }

        /** Whose turn it is, with some of its messages in {@link #batch}; null: it is over. */
        private @Nullable Queue next() {
            lock.lock();
            try {
                while (turns.isEmpty() && !ended) {
                    some.awaitUninterruptibly();
                }
                if (ended) {
                    return null;
                }
                Queue queue = turns.remove();
                for (int i = 0; i < TURN && !queue.messages.isEmpty(); i++) {
                    batch.add(queue.messages.remove());
                }
                if (!queue.messages.isEmpty()) {
                    turns.add(queue);
                }
                return queue;
            } finally {
                lock.unlock();
            }
        }

        /** Whatever one message does, the next is taken. */
        private void hand(Mtp3TransferPrimitive message) {
            for (Mtp3UserPartListener layer : layers) {
                try {
                    layer.onMtp3TransferMessage(message);
                } catch (RuntimeException | Error e) {
                    log.error(
                            "a message of point code {} broke a layer above", message.getOpc(), e);
                }
            }
        }
    }

    /**
     * What lets the dialogs of one far end in: a rate, and a share of all that may run. It is asked
     * before anything of a begin is read but its first octets.
     */
    static final class AdmissionControl {
        private static final long SECOND = 1_000_000_000L;
        private static final int PERCENT = 100;

        private final Admission limits;
        private final Capacity capacity;
        private final Rate begins;
        private final Rate answers;
        private final AtomicInteger open = new AtomicInteger();
        private final LongAdder refused = new LongAdder();

        private AdmissionControl(Admission limits, Capacity capacity) {
            this.limits = limits;
            this.capacity = capacity;
            begins = new Rate(limits.beginsPerSecond());
            answers = new Rate(limits.refusalsAnswered());
        }

        /** Why a dialog may not begin. */
        enum Verdict {
            ADMITTED,
            TOO_FAST,
            SHARE_FULL
        }

        Admission limits() {
            return limits;
        }

        /** Whether one more dialog may begin now; on the thread that reads the link. */
        Verdict ask(long now) {
            if (!begins.takes(now)) {
                refused.increment();
                return Verdict.TOO_FAST;
            }
            if (capacity.isCrowded(limits) && capacity.hasMoreThanItsPart(open.get())) {
                refused.increment();
                return Verdict.SHARE_FULL;
            }
            return Verdict.ADMITTED;
        }

        /** Whether one more refusal is answered; on the thread that reads the link. */
        boolean answers(long now) {
            return answers.takes(now);
        }

        void begun() {
            open.incrementAndGet();
            capacity.open.incrementAndGet();
        }

        void ended() {
            open.decrementAndGet();
            capacity.open.decrementAndGet();
        }

        /** How many dialogs run that came through it. */
        int open() {
            return open.get();
        }

        /** How many begins it has refused since the start. */
        long refused() {
            return refused.sum();
        }

        /** The dialogs of all far ends, and how many there may be. */
        static final class Capacity {
            private final IntSupplier connected;
            private final AtomicInteger open = new AtomicInteger();
            private volatile int max = Integer.MAX_VALUE;

            /**
             * Room without an end.
             *
             * @param connected how many associations are connected
             */
            Capacity(IntSupplier connected) {
                this.connected = connected;
            }

            /** From now on there may be this many dialogs. */
            void max(int dialogs) {
                max = dialogs;
            }

            AdmissionControl admission(Admission limits) {
                return new AdmissionControl(limits, this);
            }

            private boolean isCrowded(Admission limits) {
                return (long) open.get() * PERCENT >= (long) max * limits.dialogs();
            }

            private boolean hasMoreThanItsPart(int dialogs) {
                int parts = connected.getAsInt();
                return parts > 1 && (long) dialogs * parts >= max;
            }
        }

        /** This many per second, and as many at once. */
        private static final class Rate {
            private final int perSecond;
            private boolean used;

            /** When all that were accepted would have been due, one after the other. */
            private long due;

            Rate(int perSecond) {
                this.perSecond = perSecond;
            }

            boolean takes(long now) {
                if (perSecond == 0) {
                    return false;
                }
                if (!used || due - now < 0) {
                    used = true;
                    due = now;
                }
                if (due - now >= SECOND) {
                    return false;
                }
                due += SECOND / perSecond;
                return true;
            }
        }
    }
}
