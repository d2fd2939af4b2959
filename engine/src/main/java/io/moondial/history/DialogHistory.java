package io.moondial.history;

import io.moondial.dialog.DialogFact;
import io.moondial.edr.InstanceIds;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.logic.DialogObserver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps dialogs that run and those that ended last, within a fixed memory, and tells followers what
 * happens. Dialogs share no lock here: each keeps its own facts, and at its end takes the place of
 * the oldest.
 */
public final class DialogHistory implements DialogObserver {
    private static final Follower[] NOBODY_FOLLOWS = {};

    /** Where the numbers begin, so that they stay positive as ids wrap backwards. */
    private static final long FIRST_NUMBER = 1L << 40;

    private static final long UNKNOWN = -1;

    /** Failed dialogs may take this part of the memory when there is too little. */
    private static final int FAILURES_PART = 4;

    private final HistorySettings settings;
    private final Set<KeptDialog> open = ConcurrentHashMap.newKeySet();
    private final Ring ended;
    private final Ring failures;
    private final LongAdder memory = new LongAdder();
    private final LongAdder failuresMemory = new LongAdder();
    private volatile Follower[] followers = NOBODY_FOLLOWS;

    /** A number near those that are given now. */
    private volatile long near = UNKNOWN;

    public DialogHistory(HistorySettings settings) {
        this.settings = settings;
        ended = new Ring(settings.dialogs());
        failures = new Ring(settings.failures());
    }

    /** Is told what happens in dialogs, on their threads: it must not wait. */
    @FunctionalInterface
    public interface Follower {
        /** This has happened, and is kept already. */
        void told(KeptDialog dialog, Instant at, DialogFact fact);
    }

    /** What is followed, until it is closed. */
    @FunctionalInterface
    public interface Following extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Some dialogs, the newest first.
     *
     * @param more whether there are older ones that match
     */
    public record Page(List<KeptDialog> dialogs, boolean more) {}

    // ---- from dialogs

    @Override
    public DialogListener begun(DialogIdentity dialog) {
        return new KeptDialog(this, dialog, number(dialog.instanceId()));
    }

    HistorySettings settings() {
        return settings;
    }

    void began(KeptDialog dialog) {
        open.add(dialog);
    }

    /**
     * It is among those that ended before it is no longer among those that run.
     *
     * @param kept whether there is memory for it
     */
    void ended(KeptDialog dialog, boolean kept) {
        KeptDialog oldest = kept ? ended.add(dialog) : null;
        open.remove(dialog);
        if (!kept) {
            dialog.drop();
        } else if (oldest != null) {
            retire(oldest);
        }
    }

    /** Newer dialogs have taken its place: one that failed has another. */
    private void retire(KeptDialog dialog) {
        if (!dialog.isFailed()) {
            dialog.drop();
            return;
        }
        dialog.becomeFailure();
        KeptDialog oldest = failures.add(dialog);
        if (oldest != null) {
            oldest.drop();
        }
    }

    /** Whether there is so much memory, which is then taken. */
    boolean give(int octets) {
        memory.add(octets);
        if (memory.sum() <= settings.maxMemory() || makeRoom()) {
            return true;
        }
        memory.add(-octets);
        return false;
    }

    /** Memory that was given is not needed any more, by a failure or by another dialog. */
    void takeBack(int octets, boolean failure) {
        memory.add(-octets);
        if (failure) {
            failuresMemory.add(-octets);
        }
    }

    /** So much of what was given belongs to a failure. */
    void countFailure(int octets) {
        failuresMemory.add(octets);
    }

    private boolean makeRoom() {
        while (memory.sum() > settings.maxMemory()) {
            KeptDialog oldest = ended.takeOldest();
            if (oldest != null) {
                retire(oldest);
            } else if (failuresMemory.sum() > settings.maxMemory() / FAILURES_PART) {
                oldest = failures.takeOldest();
                if (oldest == null) {
                    return false;
                }
                oldest.drop();
            } else {
                return false;
            }
        }
        return true;
    }

    void tell(KeptDialog dialog, Instant at, DialogFact fact) {
        for (Follower follower : followers) {
            follower.told(dialog, at, fact);
        }
    }

    // ---- for those who look

    /** Tells this follower from now on what happens in all dialogs. */
    public Following follow(Follower follower) {
        change(all -> all.add(follower));
        return () -> change(all -> all.remove(follower));
    }

    private synchronized void change(Consumer<List<Follower>> change) {
        List<Follower> all = new ArrayList<>(List.of(followers));
        change.accept(all);
        followers = all.toArray(Follower[]::new);
    }

    /** A dialog that is kept. */
    public Optional<KeptDialog> find(String instanceId) {
        KeptDialog[] found = new KeptDialog[1];
        forEach(
                dialog -> {
                    if (dialog.identity().instanceId().equals(instanceId)) {
                        found[0] = dialog;
                    }
                });
        return Optional.ofNullable(found[0]);
    }

    /**
     * The newest dialogs that match.
     *
     * @param before only dialogs that began before the one with this instance id, kept or not;
     *     null: all
     * @return empty if {@code before} is no instance id
     */
    public Optional<Page> page(Predicate<KeptDialog> wanted, @Nullable String before, int limit) {
        OptionalLong end = before == null ? OptionalLong.of(Long.MAX_VALUE) : find(near, before);
        if (end.isEmpty()) {
            return Optional.empty();
        }
        TreeMap<Long, KeptDialog> newest = new TreeMap<>();
        forEach(
                dialog -> {
                    long number = dialog.number();
                    boolean tooOld = newest.size() > limit && number < newest.firstKey();
                    if (number < end.getAsLong() && !tooOld && wanted.test(dialog)) {
                        newest.put(number, dialog);
                        if (newest.size() > limit + 1) {
                            newest.pollFirstEntry();
                        }
                    }
                });
        boolean more = newest.size() > limit;
        if (more) {
            newest.pollFirstEntry();
        }
        return Optional.of(new Page(List.copyOf(newest.descendingMap().values()), more));
    }

    /** How many dialogs that have ended are kept at most. */
    public int kept() {
        return settings.dialogs() + settings.failures();
    }

    /** How much memory all of it takes, estimated, in octets. */
    public long memory() {
        return memory.sum();
    }

    /** How much of it failures take that newer dialogs have taken the place of. */
    long failuresMemory() {
        return failuresMemory.sum();
    }

    /** A dialog that ends meanwhile may come twice. */
    private void forEach(Consumer<KeptDialog> action) {
        open.forEach(action);
        ended.forEach(action);
        failures.forEach(action);
    }

    // ---- numbers

    /** The place of a dialog among all of this engine, from its instance id, which wraps. */
    private long number(String instanceId) {
        long number = find(near, instanceId).orElse(FIRST_NUMBER);
        if (Math.abs(number - near) > Integer.MAX_VALUE / 16) {
            near = number;
        }
        return number;
    }

    private static OptionalLong find(long near, String instanceId) {
        OptionalInt counted = InstanceIds.count(instanceId);
        if (counted.isEmpty()) {
            return OptionalLong.empty();
        }
        int count = counted.getAsInt();
        return OptionalLong.of(
                near == UNKNOWN
                        ? FIRST_NUMBER + Integer.toUnsignedLong(count)
                        : near + (count - (int) near));
    }

    /** The last of many: each takes the place of the oldest. Nobody waits for anybody. */
    private static final class Ring {
        private final AtomicReferenceArray<@Nullable KeptDialog> places;
        private final AtomicLong next = new AtomicLong();
        private final AtomicLong oldest = new AtomicLong();

        Ring(int size) {
            places = new AtomicReferenceArray<>(size);
        }

        /** Who has to go for it: itself, if there are no places; null: nobody. */
        @Nullable KeptDialog add(KeptDialog dialog) {
            int size = places.length();
            return size == 0
                    ? dialog
                    : places.getAndSet((int) (next.getAndIncrement() % size), dialog);
        }

        /** Takes the oldest out; null: there is none. */
        @Nullable KeptDialog takeOldest() {
            while (true) {
                long end = next.get();
                long first = oldest.get();
                if (first >= end) {
                    return null;
                }
                long from = Math.max(first, end - places.length());
                if (oldest.compareAndSet(first, from + 1)) {
                    KeptDialog dialog = places.getAndSet((int) (from % places.length()), null);
                    if (dialog != null) {
                        return dialog;
                    }
                }
            }
        }

        void forEach(Consumer<KeptDialog> action) {
            for (int i = 0; i < places.length(); i++) {
                KeptDialog dialog = places.get(i);
                if (dialog != null) {
                    action.accept(dialog);
                }
            }
        }
    }
}
