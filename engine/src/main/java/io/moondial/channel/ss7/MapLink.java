package io.moondial.channel.ss7;

import io.moondial.channel.DialogGoneException;
import io.moondial.channel.ss7.SendContext.OfPoint;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
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
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.TRPseudoState;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;
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

    private @Nullable Receiver receiver;

    /** What has ended the dialog before there was a receiver. */
    private @Nullable Message end;

    /** Null while there is none, which is usual: a dialog that waits takes less. */
    private volatile @Nullable Set<Integer> secretInvokes;

    /** What ends the dialog has been sent or delivered. */
    private boolean over;

    /** Begun without an Invoke, which has not come yet. */
    private boolean awaitsInvoke;

    /** The stack's idle time of a dialog once it has its Invoke, where it is another one now. */
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

    /** Who is told what comes; at once of the end, where that came first. */
    void receiver(Receiver receiver) {
        this.receiver = receiver;
        open = MapOpen.WITHOUT_REFERENCES;
        if (end != null) {
            receiver.arrived(end);
        }
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
        deliver(new Message.Continue(message));
    }

    void ended() {
        deliver(new Message.End(read(take())));
    }

    void aborted(String reason) {
        components.clear();
        deliver(new Message.Abort(reason));
    }

    /**
     * The stack has let go of the dialog: after its end, or by itself where it could not send or
     * read on.
     */
    void released() {
        if (!over) {
            aborted("the stack has given the dialog up");
        }
    }

    /**
     * Accepts a dialog that was begun without an Invoke. The stack gives it up, with an ABORT,
     * where nothing comes within this time.
     */
    void awaitInvoke(Duration patience) {
        Dialog below = dialog.getTcapDialog();
        usualIdleTime = below.getIdleTaskTimeout();
        below.setIdleTaskTimeout(patience.toMillis());
        awaitsInvoke = true;
        try {
            dialog.send();
            LeanTcap.saveRoom(below, highestInvokeId);
        } catch (MAPException e) {
            log.warn("{} a dialog without an Invoke could not be accepted", localTid(), e);
            forget();
        }
    }

    boolean awaitsInvoke() {
        return awaitsInvoke;
    }

    /** Whether it still waited for its first Invoke; it does not any more. */
    boolean stopWaiting() {
        boolean waited = awaitsInvoke;
        if (waited) {
            awaitsInvoke = false;
            dialog.getTcapDialog().setIdleTaskTimeout(usualIdleTime);
        }
        return waited;
    }

    /**
     * The stack's idle time is over, and the dialog with it unless this says otherwise: where it
     * was the time to wait for an Invoke, which has come since, the usual one begins.
     */
    boolean prolonged() {
        if (awaitsInvoke || usualIdleTime == 0) {
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
                aborted(why);
            }
        } finally {
            forget();
        }
    }

    private void deliver(Message message) {
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
            log.warn("{} a Reject could not be sent", localTid(), e);
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

    @Override
    public Optional<String> send(Message message) throws DialogGoneException {
        ReentrantLock lock = dialog.getTcapDialog().getDialogLock();
        lock.lock();
        try {
            if (dialog.getTcapDialog().getState() == TRPseudoState.Expunged) {
                throw new DialogGoneException("the dialog has ended");
            }
            contexts.undelivered().take(); // what was said of messages that nobody asks about
            LeanTcap.makeRoom(dialog.getTcapDialog());
            if (hideTexts) {
                contexts.hidden().say(true);
            }
            transmit(message);
            return Optional.ofNullable(contexts.undelivered().take());
        } catch (MAPException e) {
            return refused(message, e);
        } finally {
            hideTexts = false;
            asksForSecret = false;
            contexts.hidden().take();
            lock.unlock();
        }
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
     * Where not even the abort can be sent, the far side has to time out; nothing of the dialog
     * stays here.
     */
    private Optional<String> refused(Message message, MAPException why) {
        if (!(message instanceof Message.Abort)) {
            throw new IllegalStateException("the stack refuses to send: " + why.getMessage(), why);
        }
        log.warn("{} the abort could not be sent", localTid(), why);
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
                queue(parts);
                over = true;
                dialog.close(false);
            }
            case Message.Abort abort -> {
                over = true;
                dialog.abort(userSpecific());
            }
        }
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

    /** A component as it came. */
    sealed interface Received {

        /**
         * An Invoke, its argument not read yet: how a bad one is answered depends on where it came.
         */
        record Invoke(int invokeId, int operation, @Nullable Parameter parameter)
                implements Received {}

        /** Any other component. */
        record Other(Component component) implements Received {}
    }
}
