package io.moondial.dialogtest.run;

import io.moondial.channel.Channel;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.SignallingTap;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A network on which dialogs that the engine begins wait for their answer in the time of a test,
 * not in that of its stack.
 */
final class VirtualChannel implements Channel {
    /** Longer than any test runs. */
    private static final Duration FOR_EVER = Duration.ofHours(12);

    private final Channel network;
    private final Time time;

    VirtualChannel(Channel network, Time time) {
        this.network = network;
        this.time = time;
    }

    @Override
    public DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver)
            throws NotBegunException {
        Unanswered unanswered = new Unanswered(dialog.answerWithin(), receiver);
        try {
            DialogLink link = network.begin(dialog.answeredWithin(FOR_EVER), unanswered);
            unanswered.begun(link);
            return link;
        } catch (NotBegunException e) {
            unanswered.alarm.cancel();
            throw e;
        }
    }

    @Override
    public NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver)
            throws NotBegunException {
        return network.open(request, receiver);
    }

    /** A dialog that has begun: the first message back has to come in time. */
    private final class Unanswered implements DialogLink.Receiver {
        private final Duration patience;
        private final DialogLink.Receiver receiver;
        private final Time.Alarm alarm;

        // ---- guarded by this

        private @Nullable DialogLink link;
        private boolean isAnswered;
        private boolean isOver;

        Unanswered(Duration patience, DialogLink.Receiver receiver) {
            this.patience = patience;
            this.receiver = receiver;
            alarm = time.after(patience, this::isLate);
        }

        synchronized void begun(DialogLink begun) {
            link = begun;
        }

        @Override
        public void arrived(Incoming message) {
            synchronized (this) {
                isAnswered = true;
                if (isOver) {
                    return;
                }
            }
            alarm.cancel();
            receiver.arrived(message);
        }

        private void isLate() {
            DialogLink late;
            synchronized (this) {
                if (isAnswered) {
                    return;
                }
                isOver = true;
                late = link;
            }
            if (late != null) {
                late.forget();
            }
            receiver.arrived(
                    new Incoming.Aborted(Cause.UNANSWERED, "no answer within " + patience));
        }
    }

    @Override
    public void locate(RoutingQuery query, Consumer<RoutingInfo> receiver)
            throws NotBegunException {
        network.locate(query, receiver);
    }

    @Override
    public String name() {
        return network.name();
    }

    @Override
    public void start(DialogDesk desk) {
        network.start(desk);
    }

    @Override
    public int openDialogs() {
        return network.openDialogs();
    }

    @Override
    public List<LinkStatus> links() {
        return network.links();
    }

    @Override
    public void attach(SignallingTap tap) {
        network.attach(tap);
    }

    @Override
    public void detach(SignallingTap tap) {
        network.detach(tap);
    }

    @Override
    public void close() {
        network.close();
    }
}
