package io.moondial.handset;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.UssdString.UnsendableText;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One handset in one dialog: it dials or pushes a text, reads screens, answers, and gives up. */
public final class Handset {
    /** What sees the screens. */
    @FunctionalInterface
    public interface Eyes {
        /**
         * A screen has come, on a network thread, so this must not wait.
         *
         * @param received the string behind the screen's text; null: it came without one
         */
        void see(Screen screen, @Nullable UssdString received);
    }

    private static final Eyes NOBODY = (screen, received) -> {};

    private final int operation;

    /** Empty: the handset has begun the dialog. */
    private final String engineTid;

    private final Dcs dcs;
    private final MessageLink link;

    /** Named before the first screen comes. */
    private Eyes eyes;

    private Handset(MessageDesk.Begin begin, MessageLink link) {
        this.eyes = NOBODY;
        this.engineTid = begin.opening().remoteTid();
        this.operation = begin.operation();
        this.dcs = ofAnswers(begin.opening().ussd().dcs());
        this.link = link;
    }

    /** Who holds a handset that is on, and takes the dialogs that the engine begins with it. */
    @FunctionalInterface
    public interface Holder {
        /**
         * A dialog has come, on a network thread, so this must not wait.
         *
         * @param handset in that dialog; its first screen comes when this has returned
         * @return what sees its screens; null: the handset is in another dialog, and cannot be in
         *     two
         */
        @Nullable Eyes takes(Handset handset);
    }

    private Handset(FarSide network, FarSide.Call call, Eyes eyes) {
        this.eyes = eyes;
        this.engineTid = "";
        this.operation = call.operation();
        this.dcs = ofAnswers(call.ussd().dcs());
        this.link = network.begin(call, this::arrived);
    }

    /** The scheme of the dialled text, but no language stands before an answer. */
    private static Dcs ofAnswers(Dcs dialled) {
        return switch (dialled.coding()) {
            case GSM7_AFTER_LANGUAGE -> Dcs.UNSPECIFIED;
            case UCS2_AFTER_LANGUAGE -> Dcs.UCS2;
            default -> dialled;
        };
    }

    /**
     * Begins a dialog: {@link Operation#PROCESS_UNSTRUCTURED_SS_REQUEST} dials, a notify pushes.
     *
     * @param eyes sees each screen as it comes, on a network thread: it must not wait
     */
    public static Handset begin(FarSide network, FarSide.Call call, Consumer<Screen> eyes) {
        return begin(network, call, (screen, received) -> eyes.accept(screen));
    }

    /** Begins a dialog with a screen that also gets the string of a text. */
    public static Handset begin(FarSide network, FarSide.Call call, Eyes eyes) {
        return new Handset(network, call, eyes);
    }

    /**
     * A handset in a dialog that the engine has begun; whoever takes it at the {@link
     * FarSide#receive far side} answers with its {@link #receiver}. It has seen the first screen
     * then.
     *
     * @param eyes sees each screen as it comes, on a network thread: it must not wait
     */
    public static Handset begun(MessageDesk.Begin begin, MessageLink link, Eyes eyes) {
        Handset handset = new Handset(begin, link);
        handset.take(begin, eyes);
        return handset;
    }

    /**
     * Offers a dialog that the engine has begun to who holds the handset. If he takes it, he has
     * seen its first screen then.
     *
     * @return null: he does not take it, and nothing was sent
     */
    static @Nullable Handset offered(MessageDesk.Begin begin, MessageLink link, Holder holder) {
        Handset handset = new Handset(begin, link);
        Eyes eyes = holder.takes(handset);
        if (eyes == null) {
            return null;
        }
        handset.take(begin, eyes);
        return handset;
    }

    private void take(MessageDesk.Begin begin, Eyes who) {
        eyes = who;
        show(new Component.Invoke(begin.invokeId(), begin.operation(), begin.opening().ussd()));
    }

    /** What takes in what comes for it. */
    public MessageLink.Receiver receiver() {
        return this::arrived;
    }

    private void arrived(Message message) {
        switch (message) {
            case Message.Continue(var components) -> components.forEach(this::show);
            case Message.End(var components) -> {
                components.forEach(this::show);
                if (components.stream().map(this::screen).noneMatch(Screen::isLast)) {
                    // empty, or nothing in it says that this is the end
                    eyes.see(new Screen.Close(), null);
                }
            }
            case Message.Abort(var cause, String reason) ->
                    eyes.see(new Screen.Abort(reason), null);
        }
    }

    private void show(Component component) {
        eyes.see(screen(component), received(component));
    }

    private static @Nullable UssdString received(Component component) {
        return switch (component) {
            case Component.Invoke invoke -> invoke.ussd();
            case Component.Result result -> result.ussd();
            case Component.Located l -> null;
            case Component.ErrorReturned e -> null;
            case Component.Rejected r -> null;
            case Component.UnknownInvoke u -> null;
            case Component.Undecodable u -> null;
        };
    }

    private Screen screen(Component component) {
        return switch (component) {
            case Component.Invoke(int id, int code, UssdString ussd) ->
                    code == Operation.UNSTRUCTURED_SS_NOTIFY
                            ? new Screen.Notify(id, text(ussd))
                            : new Screen.Menu(id, text(ussd));
            case Component.Result result ->
                    operation == Operation.UNSTRUCTURED_SS_NOTIFY
                            ? new Screen.Acknowledge()
                            : new Screen.Respond(text(result.ussd()));
            case Component.Located l -> new Screen.Abort("the result of an HLR");
            case Component.ErrorReturned(int id, int code) -> new Screen.Decline(code);
            case Component.Rejected(var id, String problem) -> new Screen.Reject(problem);
            case Component.UnknownInvoke(var id, String problem) -> new Screen.Reject(problem);
            case Component.Undecodable u -> new Screen.Abort("cannot be decoded: " + u.why());
        };
    }

    private static String text(@Nullable UssdString ussd) {
        if (ussd == null) {
            return "";
        }
        try {
            return ussd.decode();
        } catch (UndecodableString e) {
            return "(a text that cannot be decoded: " + e.getMessage() + ")";
        }
    }

    /** Answers a menu; an empty text goes as a result without a string. */
    public void answer(Screen.Menu menu, String text) throws UnsendableText, DialogGoneException {
        link.send(new Message.Continue(List.of(answerTo(menu, text))));
    }

    /** Answers a menu with a string under a scheme of its own. */
    public void answer(Screen.Menu menu, UssdString string) throws DialogGoneException {
        link.send(
                new Message.Continue(
                        List.of(
                                new Component.Result(
                                        menu.invokeId(),
                                        Operation.UNSTRUCTURED_SS_REQUEST,
                                        string))));
    }

    /** Answers a menu in TC-END: the dialog is over with it. */
    public void answerAndRelease(Screen.Menu menu, String text)
            throws UnsendableText, DialogGoneException {
        link.send(new Message.End(List.of(answerTo(menu, text))));
    }

    private Component answerTo(Screen.Menu menu, String text) throws UnsendableText {
        return new Component.Result(
                menu.invokeId(),
                Operation.UNSTRUCTURED_SS_REQUEST,
                text.isEmpty() ? null : UssdString.encode(text, dcs));
    }

    /** Says that a notify was shown. */
    public void acknowledge(Screen.Notify notify) throws DialogGoneException {
        link.send(new Message.Continue(List.of(acknowledgementOf(notify))));
    }

    /** Says so in TC-END: the dialog is over with it. */
    public void acknowledgeAndRelease(Screen.Notify notify) throws DialogGoneException {
        link.send(new Message.End(List.of(acknowledgementOf(notify))));
    }

    private static Component acknowledgementOf(Screen.Notify notify) {
        return new Component.Result(notify.invokeId(), Operation.UNSTRUCTURED_SS_NOTIFY, null);
    }

    /** Answers a menu as if it had been another operation: a far side with a fault. */
    public void answerAs(Screen.Menu menu, int operation, String text)
            throws UnsendableText, DialogGoneException {
        link.send(
                new Message.Continue(
                        List.of(
                                new Component.Result(
                                        menu.invokeId(),
                                        operation,
                                        UssdString.encode(text, dcs)))));
    }

    /** Rejects a screen's Invoke: a far side that does not know the operation. */
    public void rejectComponent(int invokeId) throws DialogGoneException {
        link.send(
                new Message.Continue(
                        List.of(new Component.Rejected(invokeId, "unrecognized operation"))));
    }

    /** Answers a screen with a ReturnError. */
    public void reject(int invokeId, int errorCode) throws DialogGoneException {
        link.send(new Message.Continue(List.of(new Component.ErrorReturned(invokeId, errorCode))));
    }

    /** Answers a screen with a ReturnError in TC-END. */
    public void rejectAndRelease(int invokeId, int errorCode) throws DialogGoneException {
        link.send(new Message.End(List.of(new Component.ErrorReturned(invokeId, errorCode))));
    }

    /** Gives up: TC-U-ABORT. */
    public void abandon() throws DialogGoneException {
        link.send(new Message.Abort("the handset gave up"));
    }

    /** Ends the dialog with an empty TC-END. */
    public void release() throws DialogGoneException {
        link.send(new Message.End(List.of()));
    }

    /** Falls silent: what the engine sends from now on is answered by the network with P-ABORT. */
    public void vanish() {
        link.forget();
    }

    /** The handset's own transaction id, lower-case hex. */
    public String tid() {
        return link.localTid();
    }

    /** The engine's transaction id, lower-case hex; empty: the handset has begun the dialog. */
    public String engineTid() {
        return engineTid;
    }

    /**
     * Who holds a handset and whom it calls: the same in all its dialogs.
     *
     * @param msisdn the handset's own number; null: none in what it asks
     * @param destination the destination reference; null: none
     * @param origination the origination reference; null: none
     * @param ssn the subsystem called, 1 to 254
     */
    public record Subscriber(
            @Nullable Address msisdn,
            @Nullable Address destination,
            @Nullable Address origination,
            int ssn) {
        /** The highest subsystem number that can be called. */
        public static final int MAX_SSN = 254;

        /** The one that is called if nobody says otherwise: that of an HLR (3GPP TS 23.003 8.2). */
        public static final int USUAL_SSN = 6;

        /** Somebody who says nothing of himself, and calls as usual. */
        public static final Subscriber UNKNOWN = new Subscriber(null, null, null, USUAL_SSN);

        public Subscriber {
            if (ssn < 1 || ssn > MAX_SSN) {
                throw new IllegalArgumentException(
                        "a subsystem number is 1 to " + MAX_SSN + ", not " + ssn);
            }
        }

        /** What a dialog of this subscriber's begins with. */
        public FarSide.Call call(int operation, UssdString ussd) {
            return new FarSide.Call(operation, ussd, msisdn, destination, origination, ssn);
        }
    }
}
