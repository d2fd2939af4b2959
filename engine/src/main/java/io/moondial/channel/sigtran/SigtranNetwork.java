package io.moondial.channel.sigtran;

import io.moondial.channel.Channel;
import io.moondial.channel.Channel.Connections;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.sigtran.Inbound.AdmissionControl;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.ss7.UssdDesk;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine's attachment to a real signalling network. */
public final class SigtranNetwork implements Channel {
    private final SigtranPoint<SignallingPoint> point;
    private final Counters counters;

    /**
     * A network that is not started yet.
     *
     * @param time of what happens to its links
     */
    public SigtranNetwork(
            SigtranSettings settings, SignallingLimits limits, Counters counters, Time time) {
        this.counters = counters;
        point =
                new SigtranPoint<>(
                        "engine",
                        settings,
                        limits,
                        counters,
                        time,
                        (plan, userPart) -> new SignallingPoint(plan, userPart, counters));
    }

    @Override
    public String name() {
        return "sigtran";
    }

    /**
     * Starts without waiting for any far end: links come and go.
     *
     * @throws IllegalStateException if an address cannot be listened at, or the host has no SCTP
     */
    @Override
    public void start(DialogDesk desk) {
        start(new UssdDesk(desk, counters));
    }

    /** The same for a desk that speaks in messages itself. */
    public void start(MessageDesk desk) {
        point.maxDialogs(desk.maxDialogs());
        point.start(it -> it.start(new ShareDesk(desk)));
    }

    @Override
    public DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver)
            throws NotBegunException {
        return point.point().begin(dialog, receiver);
    }

    @Override
    public void locate(RoutingQuery query, Consumer<RoutingInfo> receiver)
            throws NotBegunException {
        point.point().locate(query, receiver);
    }

    @Override
    public NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver)
            throws NotBegunException {
        return point.point().open(request, receiver);
    }

    @Override
    public int openDialogs() {
        return point.point().openDialogs();
    }

    /** Whether messages to this point have a way. */
    boolean reaches(int pointCode) {
        return point.point().reaches(pointCode);
    }

    /** How many messages have come that nobody has taken yet. */
    int waitingMessages() {
        return point.waitingMessages();
    }

    @Override
    public List<LinkStatus> links() {
        return point.links();
    }

    @Override
    public boolean isCutOff() {
        return point.isCutOff();
    }

    @Override
    public List<LinkStatus.PointCode> pointCodes() {
        return point.pointCodes();
    }

    @Override
    public Connections connections() {
        return point.connections();
    }

    @Override
    public void attach(SignallingTap tap) {
        point.point().attach(tap);
    }

    @Override
    public void detach(SignallingTap tap) {
        point.point().detach(tap);
    }

    @Override
    public void close() {
        point.close();
    }

    /** A desk whose dialogs are counted for the association that each was begun over. */
    private record ShareDesk(MessageDesk desk) implements MessageDesk {
        @Override
        public MessageLink.Receiver begun(Begin begin, MessageLink link) {
            Inbound.Source source = Inbound.current();
            if (source == null) {
                return desk.begun(begin, link);
            }
            Counted counted = new Counted(link, source.admission());
            try {
                counted.receiver = desk.begun(begin, counted);
            } catch (RuntimeException | Error e) {
                counted.over(); // nobody will say so later
                throw e;
            }
            return counted;
        }

        @Override
        public BitSet hidden(int operation, @Nullable String text, @Nullable String msisdn) {
            return desk.hidden(operation, text, msisdn);
        }

        @Override
        public int maxDialogs() {
            return desk.maxDialogs();
        }

        @Override
        public void refused(Refusal refusal) {
            desk.refused(refusal);
        }

        /** A dialog that runs, until either end ends it. */
        private static final class Counted implements MessageLink, MessageLink.Receiver {
            private final MessageLink link;
            private final AdmissionControl admission;
            private @Nullable Receiver receiver;
            private boolean over;

            Counted(MessageLink link, AdmissionControl admission) {
                this.link = link;
                this.admission = admission;
                admission.begun();
            }

            private synchronized void over() {
                if (!over) {
                    over = true;
                    admission.ended();
                }
            }

            @Override
            public void arrived(Message message) {
                if (!(message instanceof Message.Continue)) {
                    over();
                }
                if (receiver != null) {
                    receiver.arrived(message);
                }
            }

            @Override
            public Optional<String> send(Message message) throws DialogGoneException {
                Optional<String> undelivered = link.send(message);
                if (!(message instanceof Message.Continue)) {
                    over();
                }
                return undelivered;
            }

            @Override
            public void forget() {
                over();
                link.forget();
            }

            @Override
            public String localTid() {
                return link.localTid();
            }

            @Override
            public void keepSecret(int invokeId) {
                link.keepSecret(invokeId);
            }

            @Override
            public void hideTexts() {
                link.hideTexts();
            }
        }
    }
}
