package io.moondial.channel.ss7;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.DialogTids;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.SendContext.OfPoint;
import io.moondial.channel.ss7.UssdMapProvider.MapOpen;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.MAPDialogImpl;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.api.dialog.MAPUserAbortChoice;
import org.restcomm.protocols.ss7.map.dialog.MAPUserAbortChoiceImpl;
import org.restcomm.protocols.ss7.tcap.api.TCAPSendException;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.TRPseudoState;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.restcomm.protocols.ss7.tcap.asn.comp.ErrorCode;
import org.restcomm.protocols.ss7.tcap.asn.comp.Invoke;
import org.restcomm.protocols.ss7.tcap.asn.comp.InvokeProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.OperationCode;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;
import org.restcomm.protocols.ss7.tcap.asn.comp.Problem;
import org.restcomm.protocols.ss7.tcap.asn.comp.ProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnError;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnResultLast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One MAP dialog: it folds the callbacks of a message into that message, and sends ours. */
final class MapLink implements MessageLink {
    private static final Logger log = LoggerFactory.getLogger(MapLink.class);

    private final MAPDialogImpl dialog;
    private final OfPoint contexts;
    private final List<Received> components = new ArrayList<>(1);
    private boolean rejectQueued;

    /** Of those that were sent; written under the dialog's lock. */
    private volatile int highestInvokeId;

    /** What the far side's MAP-open says, until there is a receiver. */
    private MapOpen open;

    /** Whose dialog we have begun; null: not known, or not begun by us. */
    private volatile @Nullable String msisdn;

    private @Nullable Receiver receiver;

    /** What has ended the dialog before there was a receiver. */
    private @Nullable Message end;

    /** Null while there is none, which is usual: a dialog that waits takes less. */
    private volatile @Nullable Set<Integer> secretInvokes;

    /** What ends the dialog has been sent or delivered. */
    private boolean over;

    /** What is to come within a time of its own; null: nothing, which is usual. */
    private @Nullable Awaited awaited;

    /** Whether the far side has accepted the dialog in a message without anything else. */
    private boolean isTakenOn;

    /** The stack's idle time of a dialog after that has come, if it differs now. */
    private long usualIdleTime;

    /** The texts of the next message are secret. */
    private boolean hideTexts;

    /** The answer to the next invoke is secret. */
    private boolean asksForSecret;

    /**
     * Links a MAP dialog; from now on its callbacks come here.
     *
     * @param contexts shared with the layers below
     */
    MapLink(MAPDialog dialog, OfPoint contexts) {
        this.dialog = (MAPDialogImpl) dialog;
        this.contexts = contexts;
        this.open =
                dialog.getUserObject() instanceof MapOpen received
                        ? received
                        : MapOpen.WITHOUT_REFERENCES;
        this.dialog.setUserObject(this);
        LeanTcap.slim(this.dialog.getTcapDialog());
        this.dialog.setReturnMessageOnError(true);
    }

    static MapLink of(MAPDialog dialog) {
        return (MapLink) dialog.getUserObject();
    }

    /** Lets go of a dialog, whether or not it has a link by now. */
    static void forget(MAPDialog dialog) {
        if (dialog.getUserObject() instanceof MapLink link) {
            link.forget();
        } else {
            dialog.release();
        }
    }

    MAPDialogImpl dialog() {
        return dialog;
    }

    MapOpen open() {
        return open;
    }

    /** Receives what comes; the end at once, if that came first. */
    void receiver(Receiver receiver) {
        this.receiver = receiver;
        open = MapOpen.WITHOUT_REFERENCES;
        if (end != null) {
            receiver.arrived(end);
        }
    }

    /** Whose dialog it is, for whoever looks on; before it begins. */
    void belongsTo(@Nullable String msisdn) {
        this.msisdn = msisdn;
    }

    /** The subscriber's number in a dialog that we have begun; null: not known. */
    @Nullable String msisdn() {
        return msisdn;
    }

    private DialogTids tids() {
        return TransactionIds.of(dialog.getTcapDialog());
    }

    @Override
    public String localTid() {
        return TransactionIds.local(dialog.getTcapDialog());
    }

    // ---- from the network: under the dialog's lock, on a network thread

    void add(Received received) {
        components.add(received);
    }

    /** What the stack has rejected: the Reject waits for our next message. */
    void addRejected(Component component) {
        components.add(new Received.Other(component));
        rejectQueued = true;
    }

    /** The components of the message that is complete now. */
    List<Received> take() {
        List<Received> taken = List.copyOf(components);
        components.clear();
        return taken;
    }

    boolean begun() {
        return receiver != null;
    }

    void continued() {
        List<Component> message = read(take());
        sendQueuedReject();
        if (message.isEmpty() && awaited == Awaited.ANSWER && !isTakenOn) {
            isTakenOn = true; // and the answer is waited for anew
            return;
        }
        deliver(new Message.Continue(message));
    }

    void ended() {
        deliver(new Message.End(read(take())));
    }

    void aborted(Message.Abort abort) {
        components.clear();
        deliver(abort);
    }

    /**
     * The stack has released the dialog: after its end, or by itself where it could not send or
     * read on.
     */
    void released() {
        if (!over) {
            aborted(new Message.Abort(Cause.ENGINE, "the stack has given the dialog up"));
        }
    }

    /**
     * Accepts a dialog that was begun without an Invoke. The stack gives it up with an ABORT if
     * nothing comes within this time.
     */
    void awaitInvoke(Duration patience) {
        await(Awaited.INVOKE, patience);
        try {
            dialog.send();
            LeanTcap.saveRoom(dialog.getTcapDialog(), highestInvokeId);
        } catch (MAPException e) {
            log.warn("{} a dialog without an Invoke could not be accepted", tids(), e);
            forget();
        }
    }

    /** What a dialog waits for no longer than for a time that is shorter than its idle time. */
    private enum Awaited {
        /** Of one that the far side has begun without any. */
        INVOKE,
        /**
         * The first message back in one that we have begun; one without any component may come
         * before it, which only accepts the dialog.
         */
        ANSWER
    }

    private void await(Awaited what, Duration patience) {
        Dialog below = dialog.getTcapDialog();
        usualIdleTime = below.getIdleTaskTimeout();
        below.setIdleTaskTimeout(patience.toMillis());
        awaited = what;
    }

    /** It has come, or never will. */
    private void waitNoLonger() {
        awaited = null;
        dialog.getTcapDialog().setIdleTaskTimeout(usualIdleTime);
    }

    boolean awaitsInvoke() {
        return awaited == Awaited.INVOKE;
    }

    /** Whether it still waited for its first Invoke; from now on it does not. */
    boolean stopWaiting() {
        boolean waited = awaitsInvoke();
        if (waited) {
            waitNoLonger();
        }
        return waited;
    }

    /**
     * The stack's idle time is over. It may have been the time for something that has not come:
     * then the dialog ends, and whoever waits for an answer learns why.
     */
    boolean runsOutOfTime() {
        boolean late = awaited != null;
        if (awaited == Awaited.ANSWER) {
            long waited = dialog.getTcapDialog().getIdleTaskTimeout();
            aborted(
                    new Message.Abort(
                            Cause.UNANSWERED, "no answer within " + Duration.ofMillis(waited)));
        }
        return late;
    }

    /**
     * The stack's idle time is over, and so is the dialog, unless this says otherwise: if it was
     * the time to wait for something that has come since, the usual time begins.
     */
    boolean prolonged() {
        if (awaited != null || usualIdleTime == 0) {
            return false;
        }
        usualIdleTime = 0;
        dialog.getTcapDialog().keepAlive();
        return true;
    }

    /** The engine has failed on a message of this dialog, which ends with it. */
    void failed(String why) {
        try {
            if (!over) {
                aborted(new Message.Abort(Cause.ENGINE, why));
            }
        } finally {
            forget();
        }
    }

    private void deliver(Message message) {
        if (awaited == Awaited.ANSWER) {
            waitNoLonger();
        }
        over |= !(message instanceof Message.Continue);
        if (receiver != null) {
            receiver.arrived(message);
        } else if (over) {
            end = message;
        }
    }

    /**
     * What the stack rejects it only queues; unless it is sent now it waits for our next message.
     */
    private void sendQueuedReject() {
        if (!rejectQueued) {
            return;
        }
        rejectQueued = false;
        try {
            dialog.send();
        } catch (MAPException e) {
            log.warn("{} a Reject could not be sent", tids(), e);
        }
    }

    private static List<Component> read(List<Received> received) {
        return received.stream().map(MapLink::read).toList();
    }

    private static Component read(Received received) {
        return switch (received) {
            case Received.Other(Component component) -> component;
            case Received.Invoke(int id, int operation, var parameter) -> {
                try {
                    yield new Component.Invoke(id, operation, UssdParameter.read(parameter).ussd());
                } catch (MalformedException e) {
                    yield new Component.Undecodable(id, operation, String.valueOf(e.getMessage()));
                }
            }
        };
    }

    // ---- to the network: from any thread

    /**
     * Begins the dialog with one Invoke. If it reaches no link, the dialog is over too, and the
     * receiver learns so before this returns.
     *
     * @param patience how long the first message back may take; null: as long as the stack keeps a
     *     dialog in which nothing happens
     * @throws MAPException if the stack refuses to send; the dialog is still there
     */
    void begin(int invokeId, int operation, Argument argument, @Nullable Duration patience)
            throws MAPException {
        ReentrantLock lock = dialog.getTcapDialog().getDialogLock();
        lock.lock();
        try {
            if (patience != null) {
                await(Awaited.ANSWER, patience);
            }
            prepare();
            dialog.sendInvokeComponent(
                    OutgoingComponent.invoke(dialog, invokeId, operation, argument));
            highestInvokeId = invokeId;
            dialog.send();
            LeanTcap.saveRoom(dialog.getTcapDialog(), highestInvokeId);
            String why = contexts.undelivered().take();
            if (why != null) {
                undelivered(why);
            }
        } finally {
            tidyUp();
            lock.unlock();
        }
    }

    /** What began the dialog has not reached the far side: it is over. */
    void undelivered(String why) {
        if (over) {
            return;
        }
        try {
            aborted(new Message.Abort(Cause.UNDELIVERED, why));
        } finally {
            forget();
        }
    }

    @Override
    public Optional<String> send(Message message) throws DialogGoneException {
        ReentrantLock lock = dialog.getTcapDialog().getDialogLock();
        lock.lock();
        try {
            if (dialog.getTcapDialog().getState() == TRPseudoState.Expunged) {
                throw new DialogGoneException("the dialog has ended");
            }
            LeanTcap.makeRoom(dialog.getTcapDialog());
            prepare();
            transmit(message);
            return Optional.ofNullable(contexts.undelivered().take());
        } catch (MAPException e) {
            return refused(message, e);
        } finally {
            tidyUp();
            lock.unlock();
        }
    }

    /** Before a message is sent: the layers below learn what they must know about it. */
    private void prepare() {
        contexts.undelivered().take(); // what was said of messages that nobody asks about
        if (hideTexts) {
            contexts.hidden().say(true);
        }
    }

    /** After it, whatever became of it. */
    private void tidyUp() {
        hideTexts = false;
        asksForSecret = false;
        contexts.hidden().take();
    }

    @Override
    public void hideTexts() {
        hideTexts = true;
    }

    @Override
    public void keepSecret(int invokeId) {
        Set<Integer> secret = secretInvokes;
        if (secret == null) {
            secret = ConcurrentHashMap.newKeySet(1);
            secretInvokes = secret;
        }
        secret.add(invokeId);
        asksForSecret = true;
    }

    /** An id is used again after a while, for another menu. */
    private void forgetSecret(int invokeId) {
        Set<Integer> secret = secretInvokes;
        if (secret != null) {
            secret.remove(invokeId);
        }
    }

    /** Whether an answer to any invoke of this dialog is secret. */
    boolean hasSecrets() {
        return secretInvokes != null;
    }

    /** Whether what answers this invoke is secret, or may be meant for one that is. */
    boolean isSecret(int invokeId) {
        Set<Integer> secret = secretInvokes;
        return secret != null
                && (secret.contains(invokeId) || invokeId < 0 || invokeId > highestInvokeId);
    }

    @Override
    public void forget() {
        over = true;
        dialog.release();
    }

    /**
     * If not even the abort can be sent, the far side must time out; nothing of the dialog stays
     * here.
     */
    private Optional<String> refused(Message message, MAPException why) {
        if (!(message instanceof Message.Abort)) {
            throw new IllegalStateException("the stack refuses to send: " + why.getMessage(), why);
        }
        log.warn("{} the abort could not be sent", tids(), why);
        forget();
        return Optional.of("the stack refuses to send it: " + why.getMessage());
    }

    private void transmit(Message message) throws MAPException {
        switch (message) {
            case Message.Continue(var parts) -> {
                queue(parts);
                dialog.send();
                LeanTcap.saveRoom(dialog.getTcapDialog(), highestInvokeId);
            }
            case Message.End(var parts) -> {
                if (isUnanswered()) {
                    forget();
                } else {
                    queue(parts);
                    over = true;
                    dialog.close(false);
                }
            }
            case Message.Abort abort -> {
                over = true;
                dialog.abort(userSpecific()); // the stack sends nothing where nobody answered yet
            }
        }
    }

    /**
     * Whether nothing has come back yet in a dialog that we have begun: the far side's transaction
     * id is not known, and nothing can be sent to it (ITU-T Q.774 3.3.3.1.4).
     */
    private boolean isUnanswered() {
        return dialog.getTcapDialog().getState() == TRPseudoState.InitialSent;
    }

    private void queue(List<Component> parts) throws MAPException {
        for (Component part : parts) {
            OutgoingComponent.queue(dialog, part);
            if (part instanceof Component.Invoke invoke) {
                highestInvokeId = Math.max(highestInvokeId, invoke.invokeId());
                if (!asksForSecret) {
                    forgetSecret(invoke.invokeId());
                }
            }
        }
    }

    private static MAPUserAbortChoice userSpecific() {
        MAPUserAbortChoiceImpl choice = new MAPUserAbortChoiceImpl();
        choice.setUserSpecificReason();
        return choice;
    }

    /** What an operation is told. */
    @FunctionalInterface
    interface Argument {
        /** Writes this as the parameter of a component. */
        void write(Parameter parameter);
    }

    /** A component as it came. */
    sealed interface Received {

        /**
         * An Invoke before its argument is read: the answer to a bad one depends on where it came.
         */
        record Invoke(int invokeId, int operation, @Nullable Parameter parameter)
                implements Received {}

        /** Any other component. */
        record Other(Component component) implements Received {}
    }

    /** Our components, queued for the dialog's next message. */
    private static final class OutgoingComponent {
        private OutgoingComponent() {}

        static void queue(MAPDialogImpl dialog, Component component) throws MAPException {
            switch (component) {
                case Component.Invoke(int id, int operation, UssdString ussd) ->
                        dialog.sendInvokeComponent(
                                invoke(dialog, id, operation, new UssdParameter(ussd, null, null)));
                case Component.Result(int id, int operation, var ussd) ->
                        dialog.sendReturnResultLastComponent(result(id, operation, ussd));
                case Component.Located(int id, String imsi, String node) ->
                        dialog.sendReturnResultLastComponent(
                                located(id, new SmRouting.Result(imsi, node)));
                case Component.ErrorReturned(int id, int code) -> queueError(dialog, id, code);
                case Component.Rejected(var id, String problem) -> queueReject(dialog, id);
                case Component.Undecodable u -> throw onlyReceived(u);
                case Component.UnknownInvoke u -> throw onlyReceived(u);
            }
        }

        private static IllegalArgumentException onlyReceived(Component component) {
            return new IllegalArgumentException("this is received, never sent: " + component);
        }

        static Invoke invoke(MAPDialogImpl dialog, int id, int operation, Argument argument) {
            UssdMapProvider map = (UssdMapProvider) dialog.getService().getMAPProvider();
            Invoke invoke =
                    map.getTCAPProvider().getComponentPrimitiveFactory().createTCInvokeRequest();
            invoke.setTimeout(map.invokeTimeout());
            invoke.setInvokeId((long) id);
            invoke.setOperationCode(operationCode(operation));
            invoke.setParameter(parameter(argument));
            return invoke;
        }

        private static ReturnResultLast result(int id, int operation, @Nullable UssdString ussd) {
            ReturnResultLast result = TcapFactory.createComponentReturnResultLast();
            result.setInvokeId((long) id);
            if (ussd != null) {
                result.setOperationCode(operationCode(operation));
                result.setParameter(parameter(new UssdParameter(ussd, null, null)));
            }
            return result;
        }

        private static ReturnResultLast located(int id, SmRouting.Result routing) {
            ReturnResultLast result = TcapFactory.createComponentReturnResultLast();
            result.setInvokeId((long) id);
            result.setOperationCode(operationCode(SmRouting.OPERATION));
            result.setParameter(parameter(routing::write));
            return result;
        }

        private static void queueError(MAPDialogImpl dialog, int id, int code) throws MAPException {
            ReturnError error = TcapFactory.createComponentReturnError();
            error.setInvokeId((long) id);
            ErrorCode errorCode = TcapFactory.createErrorCode();
            errorCode.setLocalErrorCode((long) code);
            error.setErrorCode(errorCode);
            try {
                dialog.getTcapDialog().sendComponent(error);
            } catch (TCAPSendException e) {
                throw new MAPException(e.getMessage(), e);
            }
        }

        private static void queueReject(MAPDialogImpl dialog, @Nullable Integer id)
                throws MAPException {
            Problem problem = TcapFactory.createProblem(ProblemType.Invoke);
            problem.setInvokeProblemType(InvokeProblemType.UnrecognizedOperation);
            dialog.sendRejectComponent(id == null ? null : id.longValue(), problem);
        }

        private static OperationCode operationCode(int operation) {
            OperationCode code = TcapFactory.createOperationCode();
            code.setLocalOperationCode((long) operation);
            return code;
        }

        private static Parameter parameter(Argument value) {
            Parameter parameter = TcapFactory.createParameter();
            value.write(parameter);
            return parameter;
        }
    }
}
