package io.moondial.handset;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.ss7.FarSide;
import io.moondial.config.Key;
import io.moondial.config.Settings;
import io.moondial.dialog.DialogFact;
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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The phones that people hold in the console: each is a handset in one dialog with the engine of
 * this process. One that nobody asks about for a while gives up.
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
    private final Matching matching = new Matching();

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
        Phone phone = new Phone(id());
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
            phone.dial(call);
        } catch (RuntimeException e) {
            phones.remove(phone.id());
            throw e;
        }
        counters.increment("phones.dialled");
        phone.watch(settings.giveUpTime());
        return Optional.of(phone);
    }

    private void forgetOneThatEnded() {
        phones.values().stream()
                .filter(Phone::hasEnded)
                .min(Comparator.comparingLong(Phone::asked))
                .ifPresent(it -> phones.remove(it.id()));
    }

    private String id() {
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
     * @param instanceId of its dialog at the engine; null: none has been claimed for it
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
    public final class Phone {
        private final String id;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final List<Screen> screens = new ArrayList<>();
        private final List<Instant> times = new ArrayList<>();
        private @Nullable Handset handset;
        private @Nullable Engagement engagement;
        private @Nullable Screen open;
        private boolean ended;
        private int waiting;
        private long asked = time.nanos();

        private Phone(String id) {
            this.id = id;
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
                    handset = begun;
                    engagement = matching.expect(begun.tid());
                    if (ended) {
                        matching.forget(begun.tid());
                    }
                } finally {
                    lock.unlock();
                }
            } finally {
                matching.dialled();
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
                    case Screen.Respond r -> end();
                    case Screen.Decline d -> end();
                    case Screen.Acknowledge a -> end();
                    case Screen.Close c -> end();
                    case Screen.Abort a -> end();
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void end() {
            open = null;
            ended = true;
            Handset known = handset;
            if (known != null) {
                matching.forget(known.tid());
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
            Engagement known = engagement;
            int sent = 0;
            for (int i = 0; i < screens.size(); i++) {
                Screen screen = screens.get(i);
                boolean sentByEngine = !(screen instanceof Screen.Reject);
                boolean secret =
                        screen instanceof Screen.Menu && known != null && known.isSecret(sent);
                sent += sentByEngine ? 1 : 0;
                seen.add(new Seen(times.get(i), screen, secret));
            }
            return new View(id, known == null ? null : known.instanceId(), state(), seen);
        }

        private State state() {
            if (ended) {
                return State.ENDED;
            }
            return switch (open) {
                case Screen.Menu menu -> State.MENU;
                case Screen.Notify notify -> State.NOTIFY;
                case null, default -> State.WAITING;
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
                Handset by = handset;
                if (!ended && by != null) {
                    by.abandon();
                }
            } catch (DialogGoneException e) {
                ended = true; // what has ended needs no end
            } finally {
                end();
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

    /** The dialog of a phone as the engine has it. */
    private static final class Engagement implements DialogListener {
        private final List<Boolean> secret = new ArrayList<>();
        private @Nullable String instanceId;

        /** It is known here no sooner than the observers before know the dialog. */
        @Override
        public synchronized void told(DialogIdentity dialog, Instant at, DialogFact fact) {
            instanceId = dialog.instanceId();
            if (fact instanceof DialogFact.Sending sending && secret.size() < MAX_SCREENS) {
                secret.add(sending.secretAnswer());
            }
        }

        synchronized @Nullable String instanceId() {
            return instanceId;
        }

        /** Whether the answer to its message of this number, from 0, is secret. */
        synchronized boolean isSecret(int message) {
            return message < secret.size() && secret.get(message);
        }
    }

    /**
     * Brings phones and dialogs of the engine together, by the transaction id of the phone. Either
     * may be known first. While no phone dials, this costs a dialog one look at a field.
     */
    private static final class Matching {
        /** More dialogs of others begin at the embedded network than anybody dials with phones. */
        private static final int MAX_EARLY = 1_000;

        /** By the phone's transaction id. */
        private final Map<String, Engagement> expected = new HashMap<>();

        private final Map<String, Engagement> early = new HashMap<>();
        private int dialling;
        private volatile boolean busy;

        synchronized void dialling() {
            dialling++;
            busy = true;
        }

        synchronized void dialled() {
            dialling--;
            if (dialling == 0) {
                early.clear();
            }
            busy = dialling > 0 || !expected.isEmpty();
        }

        /** What the engine has for this phone, or will have. */
        synchronized Engagement expect(String tid) {
            Engagement begun = early.remove(tid);
            if (begun != null) {
                return begun;
            }
            Engagement coming = new Engagement();
            expected.put(tid, coming);
            return coming;
        }

        synchronized void forget(String tid) {
            expected.remove(tid);
            busy = dialling > 0 || !expected.isEmpty();
        }

        DialogListener begun(DialogIdentity dialog) {
            return busy
                            && EmbeddedNetwork.HANDSET_GLOBAL_TITLE.equals(
                                    dialog.opening().remote().globalTitle())
                    ? match(dialog)
                    : DialogListener.NOBODY;
        }

        private synchronized DialogListener match(DialogIdentity dialog) {
            String tid = dialog.opening().remoteTid();
            Engagement known = expected.remove(tid);
            if (known == null && (dialling == 0 || early.size() >= MAX_EARLY)) {
                return DialogListener.NOBODY;
            }
            Engagement engagement = known == null ? new Engagement() : known;
            if (known == null) {
                early.put(tid, engagement);
            }
            busy = dialling > 0 || !expected.isEmpty();
            return engagement;
        }
    }
}
