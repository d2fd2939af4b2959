package io.moondial.dialogtest.run;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.Step;
import io.moondial.handset.Handset;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One handset of a test: what it dials with, and the dialog that it is in. If it has a number, it
 * takes dialogs that the engine begins with that, one after the other.
 */
final class TestHandset implements Handset.Holder {
    final String name;
    private Subscriber subscriber = Subscriber.UNKNOWN;
    private Dcs dcs = Dcs.UNSPECIFIED;

    /** The language that stands before what is dialled; null: none does. */
    private @Nullable String language;

    /** The dialog that steps are about; null: none has begun. */
    volatile @Nullable Call call;

    /** Those that the engine has begun since, which the test has not come to. */
    private final Queue<Call> coming = new ConcurrentLinkedQueue<>();

    /**
     * Whether its conversation has left what the test describes: the steps after that are not
     * tried.
     */
    boolean astray;

    /** The step by which the test that is played leaves the dialog open; null: none does. */
    DialogFile.@Nullable Lines leftOpen;

    TestHandset(String name) {
        this.name = name;
    }

    /** Another one, with the settings of this. */
    TestHandset like(String other) {
        TestHandset handset = new TestHandset(other);
        handset.subscriber = subscriber;
        handset.dcs = dcs;
        handset.language = language;
        return handset;
    }

    /** From now on it dials so. */
    void set(Step.Setting setting) {
        Subscriber now = subscriber;
        switch (setting) {
            case Step.From(var at, Address number) ->
                    subscriber =
                            new Subscriber(number, now.destination(), now.origination(), now.ssn());
            case Step.To(var at, Address to) ->
                    subscriber = new Subscriber(now.msisdn(), to, now.origination(), now.ssn());
            case Step.Origination(var at, Address origination) ->
                    subscriber =
                            new Subscriber(now.msisdn(), now.destination(), origination, now.ssn());
            case Step.Ssn(var at, int ssn) ->
                    subscriber =
                            new Subscriber(now.msisdn(), now.destination(), now.origination(), ssn);
            case Step.CodingScheme(var at, int octet, String before) -> {
                dcs = new Dcs(octet);
                language = before;
            }
        }
    }

    /** Who holds it, and whom it calls. */
    Subscriber subscriber() {
        return subscriber;
    }

    /** Begins a dialog. */
    void open(FarSide network, boolean push, String text) throws UnsendableText {
        call = new Call(network, call(push, text));
    }

    /** What a dialog of it begins with. */
    FarSide.Call call(boolean push, String text) throws UnsendableText {
        UssdString ussd =
                text.isEmpty()
                        ? new UssdString(dcs, new byte[0])
                        : language == null
                                ? UssdString.encode(text, dcs)
                                : UssdString.afterLanguage(language, text, dcs);
        int operation =
                push ? Operation.UNSTRUCTURED_SS_NOTIFY : Operation.PROCESS_UNSTRUCTURED_SS_REQUEST;
        return subscriber.call(operation, ussd);
    }

    /** On a network thread. */
    @Override
    public Handset.@Nullable Eyes takes(Handset offered) {
        Call present = call;
        if ((present != null && !present.isOver()) || !coming.stream().allMatch(Call::isOver)) {
            return null;
        }
        Call pushed = new Call(offered);
        coming.add(pushed);
        return (screen, received) -> pushed.came(screen);
    }

    /**
     * Goes on to the next dialog that the engine has begun, if the test has mentioned all of this
     * one.
     */
    void goOn() {
        Call present = call;
        while ((present == null || (present.isOver() && present.isTold())) && !coming.isEmpty()) {
            present = coming.remove();
            call = present;
        }
    }

    /** The dialogs that the test has not come to, which are its own now. */
    List<Call> left() {
        List<Call> left = new ArrayList<>(coming);
        coming.clear();
        return left;
    }

    /** Its number; null: it has none, or none that is international. */
    @Nullable String number() {
        Address number = subscriber.msisdn();
        return number == null || number.noa() != Address.INTERNATIONAL ? null : number.digits();
    }

    /** The dialog that steps are about; they are not tried before there is one. */
    Call call() {
        Call present = call;
        if (present == null) {
            throw new IllegalStateException("handset '" + name + "' has not dialled");
        }
        return present;
    }

    /** One dialog as its handset sees it, and how much of it the test has mentioned. */
    static final class Call {
        private final Handset handset;
        private final List<Screen> screens = new ArrayList<>();
        private final Set<Integer> answered = new HashSet<>();
        private int told;
        private boolean ended;

        Call(FarSide network, FarSide.Call call) {
            handset = Handset.begin(network, call, this::came);
        }

        private Call(Handset offered) {
            handset = offered;
        }

        /** Whether the test has mentioned all that has come. */
        private synchronized boolean isTold() {
            return told == screens.size();
        }

        private synchronized void came(Screen screen) {
            screens.add(screen);
            ended |= screen.isLast();
        }

        Handset handset() {
            return handset;
        }

        /** The handset has ended it. */
        synchronized void over() {
            ended = true;
        }

        synchronized boolean isOver() {
            return ended;
        }

        /** How many screens have come so far. */
        synchronized int count() {
            return screens.size();
        }

        /** The next screen that the test has not mentioned; null: there is none. */
        synchronized @Nullable Screen next() {
            return told < screens.size() ? screens.get(told++) : null;
        }

        /** The number of the screen that {@link #next} gave last, from 0. */
        synchronized int position() {
            return told - 1;
        }

        /** The number of a screen that has come, from 0. */
        synchronized int positionOf(Screen screen) {
            return screens.lastIndexOf(screen);
        }

        /** The newest screen that asks for an answer, if it has none and is still waited for. */
        synchronized Optional<Screen> open() {
            return screens.reversed().stream()
                    .filter(Call::asks)
                    .findFirst()
                    .filter(this::unanswered);
        }

        /**
         * The newest menu that is waited for no more, as a later screen shows, and has no answer.
         */
        synchronized Optional<Screen.Menu> timedOut() {
            return screens.reversed().stream()
                    .filter(Call::asks)
                    .skip(1)
                    .filter(screen -> screen instanceof Screen.Menu)
                    .filter(this::unanswered)
                    .map(Screen.Menu.class::cast)
                    .findFirst();
        }

        private static boolean asks(Screen screen) {
            return screen instanceof Screen.Menu || screen instanceof Screen.Notify;
        }

        private boolean unanswered(Screen screen) {
            return !answered.contains(invokeId(screen));
        }

        synchronized void answered(Screen screen) {
            answered.add(invokeId(screen));
        }

        static int invokeId(Screen screen) {
            return switch (screen) {
                case Screen.Menu menu -> menu.invokeId();
                case Screen.Notify notify -> notify.invokeId();
                default -> throw new IllegalArgumentException("it asks for no answer: " + screen);
            };
        }
    }
}
