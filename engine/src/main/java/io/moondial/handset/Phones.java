package io.moondial.handset;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.config.Key;
import io.moondial.config.Settings;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.logic.DialogObserver;
import io.moondial.metrics.Counters;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.Time;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The phones that people hold in the console: handsets of the engine of this process. One has
 * dialled, and is in that dialog; another is on, and takes what the engine begins with its number.
 * One that nobody asks about for a while gives up.
 *
 * <p>As an observer of dialogs it learns which dialog of the engine a phone is in, and which
 * answers are secret: a real handset learns neither.
 */
public final class Phones implements DialogObserver, AutoCloseable {
    /** A script that shows more than this to one phone is not waited for. */
    private static final int MAX_SCREENS = 1_000;

    private final Supplier<FarSide> network;
    private final Time time;
    private final Counters counters;
    private final PhoneSettings settings;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Phone> phones = new ConcurrentHashMap<>();
    private final PhoneDialogs matching = new PhoneDialogs();
    private final Subscribers subscribers = new Subscribers();

    /**
     * Nobody has dialled.
     *
     * @param network where they dial; asked for each time
     */
    public Phones(Supplier<FarSide> network, Time time, Counters counters, PhoneSettings settings) {
        this.network = network;
        this.time = time;
        this.counters = counters;
        this.settings = settings;
    }

    /** What phones show themselves as, and how many there may be. */
    @Settings("The phones of the console.")
    public record PhoneSettings(
            @Key(
                            value =
                                    "How many phones the console may hold at once. One more is refused and counted as phones.refused.",
                            unset = "20",
                            from = "1",
                            to = "1000")
                    int max,
            @Key(
                            value =
                                    "A phone that nobody looks at for this time gives up, and is counted as phones.given_up.",
                            unset = "2m",
                            from = "5s",
                            to = "1h")
                    Duration giveUpTime,
            @Key(
                            value =
                                    "The MAP origination reference of phones. EDRs have it, and triggers can ask for it, so that it tells phones of the console from those of subscribers.",
                            matches = "[0-9]{1,20}",
                            allowed = "1 to 20 digits",
                            unsetIs = "phones have none, as most networks",
                            example = "27829000001")
                    @Nullable String origination) {}

    /** What phones show themselves as. */
    public PhoneSettings settings() {
        return settings;
    }

    /**
     * A phone that has begun a dialog; empty if there are as many as there may be.
     *
     * @throws IllegalStateException if the network takes no dialog
     */
    public Optional<Phone> dial(FarSide.Call call) {
        Address number = call.msisdn();
        return begin(
                new Phone(number == null ? null : number.digits(), false),
                phone -> {
                    phone.dial(call);
                    counters.increment("phones.dialled");
                });
    }

    /**
     * A phone that is on: it takes the dialogs that the engine begins with this number, one after
     * the other, until it is hung up. While it or another phone with the number is in a dialog, the
     * number is busy. Of two that are on, the last takes them. Empty if there are as many phones as
     * there may be.
     *
     * @param msisdn digits of an international number
     * @throws IllegalStateException if the network takes no dialog
     */
    public Optional<Phone> turnOn(String msisdn) {
        return begin(
                new Phone(msisdn, true),
                phone -> {
                    network.get().receive(subscribers);
                    matching.follow();
                    subscribers.on(msisdn, phone);
                    counters.increment("phones.turned_on");
                });
    }

    private Optional<Phone> begin(Phone phone, Consumer<Phone> how) {
        synchronized (this) {
            if (phones.size() >= settings.max()) {
                forgetOneThatEnded();
            }
            if (phones.size() >= settings.max()) {
                counters.increment("phones.refused");
                return Optional.empty();
            }
            phones.put(phone.id(), phone);
        }
        try {
            how.accept(phone);
        } catch (RuntimeException e) {
            phones.remove(phone.id());
            throw e;
        }
        phone.watch(settings.giveUpTime());
        return Optional.of(phone);
    }

    private void forgetOneThatEnded() {
        phones.values().stream()
                .filter(Phone::hasEnded)
                .min(Comparator.comparingLong(Phone::asked))
                .ifPresent(it -> phones.remove(it.id()));
    }

    private String newId() {
        byte[] octets = new byte[8];
        random.nextBytes(octets);
        return HexFormat.of().formatHex(octets);
    }

    /** The phone of this name; empty if there is none, or it has given up. */
    public Optional<Phone> phone(String id) {
        return Optional.ofNullable(phones.get(id));
    }

    /** It hangs up, and is forgotten. */
    public void hangUp(Phone phone) {
        if (phones.remove(phone.id()) != null) {
            phone.hangUp();
        }
    }

    @Override
    public DialogListener begun(DialogIdentity dialog) {
        return matching.begun(dialog);
    }

    /** Nobody waits any more. */
    @Override
    public void close() {
        phones.values().forEach(Phone::wake);
    }

    /** How a phone is. */
    public enum State {
        /** It is on, and in no dialog. */
        ON,
        /** It waits for a screen. */
        WAITING,
        MENU,
        NOTIFY,
        ENDED
    }

    /**
     * What a phone has seen.
     *
     * @param secretAnswer whether the answer to it is secret
     */
    public record Seen(Instant at, Screen screen, boolean secretAnswer) {}

    /**
     * A phone at a moment.
     *
     * @param instanceId of its dialog at the engine, the last that it was in; null: none has been
     *     claimed for it
     */
    public record View(String id, @Nullable String instanceId, State state, List<Seen> screens) {
        public View {
            screens = List.copyOf(screens);
        }
    }

    /** What a phone is asked for cannot be done as it is now. */
    public static final class WrongMomentException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongMomentException(String message) {
            super(message, null, false, false);
        }
    }

    /** One phone; from any thread. */
    public final class Phone implements Handset.Holder {
        private final String id = newId();
        private final @Nullable String msisdn;

        /** Whether it is on: a dialog that ends is then not its end. */
        private final boolean waits;

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final List<Screen> screens = new ArrayList<>();
        private final List<Instant> times = new ArrayList<>();
        private final List<Talk> talks = new ArrayList<>();
        private @Nullable Handset handset;
        private @Nullable Screen open;
        private boolean ended;
        private int waiting;
        private long asked = time.nanos();

        private Phone(@Nullable String msisdn, boolean waits) {
            this.msisdn = msisdn;
            this.waits = waits;
        }

        /** Its name, which nobody can guess. */
        public String id() {
            return id;
        }

        private void dial(FarSide.Call call) {
            FarSide far = network.get();
            matching.dialling();
            try {
                Handset begun = Handset.begin(far, call, this::see);
                lock.lock();
                try {
                    Talk talk = new Talk(0, begun.tid(), matching.expect(begun.tid()));
                    talks.add(talk);
                    handset = begun;
                    if (ended) {
                        matching.forget(talk.key());
                    }
                } finally {
                    lock.unlock();
                }
            } finally {
                matching.dialled();
            }
        }

        /** On a network thread. */
        @Override
        public Handset.@Nullable Eyes takes(Handset offered) {
            if (isInDialogElsewhere()) {
                return null;
            }
            String key = offered.engineTid();
            lock.lock();
            try {
                if (ended || handset != null || screens.size() >= MAX_SCREENS) {
                    return null;
                }
                handset = offered;
                talks.add(new Talk(screens.size(), key, matching.expect(key)));
                counters.increment("phones.rung");
            } finally {
                lock.unlock();
            }
            return (screen, received) -> see(screen);
        }

        /** Whether another phone has dialled with the same number, and is in that dialog. */
        private boolean isInDialogElsewhere() {
            return phones.values().stream()
                    .anyMatch(
                            it ->
                                    !it.equals(this)
                                            && msisdn != null
                                            && msisdn.equals(it.msisdn)
                                            && it.isInDialog());
        }

        private boolean isInDialog() {
            lock.lock();
            try {
                return !ended && (handset != null || !waits);
            } finally {
                lock.unlock();
            }
        }

        /** On a network thread. */
        private void see(Screen screen) {
            lock.lock();
            try {
                screens.add(screen);
                times.add(time.now());
                switch (screen) {
                    case Screen.Menu menu -> open = menu;
                    case Screen.Notify notify -> open = notify;
                    case Screen.Reject reject -> {}
                    case Screen.Respond r -> endDialog();
                    case Screen.Decline d -> endDialog();
                    case Screen.Acknowledge a -> endDialog();
                    case Screen.Close c -> endDialog();
                    case Screen.Abort a -> endDialog();
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Its dialog is over. */
        private void endDialog() {
            open = null;
            handset = null;
            ended |= !waits;
            if (!talks.isEmpty()) {
                matching.forget(talks.getLast().key());
            }
        }

        /**
         * What it shows, once there is more than this.
         *
         * @param after how many screens are known
         * @param longest how long to wait for another one; the end of the dialog ends the wait too
         */
        public View await(int after, Duration longest) throws InterruptedException {
            long left = longest.toNanos();
            lock.lockInterruptibly();
            try {
                asked = time.nanos();
                waiting++;
                while (screens.size() <= after && !ended && left > 0) {
                    left = changed.awaitNanos(left);
                }
                return view();
            } finally {
                waiting--;
                asked = time.nanos();
                lock.unlock();
            }
        }

        private View view() {
            List<Seen> seen = new ArrayList<>();
            Iterator<Talk> next = talks.iterator();
            Talk talk = null;
            int end = 0;
            int sent = 0;
            for (int i = 0; i < screens.size(); i++) {
                while (i == end && next.hasNext()) {
                    talk = next.next();
                    end = endOf(talk);
                    sent = 0;
                }
                Screen screen = screens.get(i);
                boolean sentByEngine = !(screen instanceof Screen.Reject);
                boolean secret =
                        screen instanceof Screen.Menu && talk != null && talk.isSecret(sent);
                sent += sentByEngine ? 1 : 0;
                seen.add(new Seen(times.get(i), screen, secret));
            }
            return new View(
                    id, talks.isEmpty() ? null : talks.getLast().instanceId(), state(), seen);
        }

        /** The number of the first screen that comes after a dialog. */
        private int endOf(Talk talk) {
            int following = talks.indexOf(talk) + 1;
            return following < talks.size() ? talks.get(following).from() : screens.size();
        }

        private State state() {
            if (ended) {
                return State.ENDED;
            }
            return switch (open) {
                case Screen.Menu menu -> State.MENU;
                case Screen.Notify notify -> State.NOTIFY;
                case null, default -> waits && handset == null ? State.ON : State.WAITING;
            };
        }

        /**
         * Answers the menu on it, or acknowledges the notify.
         *
         * @param text the answer to a menu; null: none, for a notify
         * @throws WrongMomentException if there is no such screen
         * @throws UnsendableText if the text has characters that its scheme has not, or too many
         */
        public View answer(@Nullable String text) throws WrongMomentException, UnsendableText {
            return act(
                    (by, screen) -> {
                        switch (screen) {
                            case Screen.Menu menu -> {
                                if (text == null) {
                                    throw new WrongMomentException(
                                            "a menu is on the screen, and no text is given to answer it with");
                                }
                                by.answer(menu, text);
                            }
                            case Screen.Notify notify -> {
                                if (text != null) {
                                    throw new WrongMomentException(
                                            "a notify is on the screen: it is acknowledged without a text");
                                }
                                by.acknowledge(notify);
                            }
                            default -> throw new IllegalStateException("not open: " + screen);
                        }
                    });
        }

        /**
         * Answers what is on it with a ReturnError.
         *
         * @param code of MAP, 0 to 255
         * @throws WrongMomentException if nothing is to be answered
         */
        public View refuse(int code) throws WrongMomentException, UnsendableText {
            return act(
                    (by, screen) ->
                            by.reject(
                                    screen instanceof Screen.Menu menu
                                            ? menu.invokeId()
                                            : ((Screen.Notify) screen).invokeId(),
                                    code));
        }

        private View act(Action action) throws WrongMomentException, UnsendableText {
            lock.lock();
            try {
                asked = time.nanos();
                Screen answered = open;
                Handset by = handset;
                if (answered == null || by == null) {
                    throw new WrongMomentException(
                            ended
                                    ? "the dialog is over: dial again"
                                    : "there is nothing on the screen to answer: wait for the next one");
                }
                if (screens.size() >= MAX_SCREENS) {
                    throw new WrongMomentException(
                            "it has shown %d screens, and takes no more: dial again"
                                    .formatted(screens.size()));
                }
                action.act(by, answered);
                open = null;
                return view();
            } catch (DialogGoneException e) {
                throw new WrongMomentException("the dialog has just ended");
            } finally {
                lock.unlock();
            }
        }

        private void hangUp() {
            lock.lock();
            try {
                if (waits && !ended && msisdn != null) {
                    subscribers.off(msisdn, this);
                    matching.followNoMore();
                }
                Handset by = handset;
                if (!ended && by != null) {
                    by.abandon();
                }
            } catch (DialogGoneException e) {
                open = null; // what has ended needs no end
            } finally {
                endDialog();
                ended = true;
                changed.signalAll();
                lock.unlock();
            }
        }

        private void wake() {
            lock.lock();
            try {
                ended = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private boolean hasEnded() {
            lock.lock();
            try {
                return ended;
            } finally {
                lock.unlock();
            }
        }

        /** When somebody asked last. */
        private long asked() {
            lock.lock();
            try {
                return waiting > 0 ? time.nanos() : asked;
            } finally {
                lock.unlock();
            }
        }

        private void watch(Duration patience) {
            time.after(patience, this::look);
        }

        private void look() {
            if (phones.get(id) != this) {
                return;
            }
            Duration unasked = Duration.ofNanos(time.nanos() - asked());
            Duration left = settings.giveUpTime().minus(unasked);
            if (left.isPositive()) {
                watch(left);
                return;
            }
            if (!hasEnded()) {
                counters.increment("phones.given_up");
            }
            hangUp(); // sends one message, and waits for nothing
            phones.remove(id);
        }
    }

    private interface Action {
        void act(Handset by, Screen answered)
                throws WrongMomentException, UnsendableText, DialogGoneException;
    }

    /**
     * A dialog of a phone.
     *
     * @param from the number of its first screen
     * @param key a transaction id by which the engine and the phone know it
     */
    private record Talk(int from, String key, PhoneDialogs.Slot slot) {
        boolean isSecret(int message) {
            return slot.isSecret(message);
        }

        @Nullable String instanceId() {
            return slot.instanceId();
        }
    }
}
