package io.moondial.channel.sigtran;

import io.moondial.channel.Connections;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.Network;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.metrics.Counters;
import java.util.List;

/** The engine's attachment to a real signalling network. */
public final class SigtranNetwork implements Network {
    private final SigtranPoint<SignallingPoint> point;

    /** A network that is not started yet. */
    public SigtranNetwork(SigtranSettings settings, TcapLimits limits, Counters counters) {
        point =
                new SigtranPoint<>(
                        "engine",
                        settings,
                        limits,
                        counters,
                        (plan, userPart) -> new SignallingPoint(plan, userPart, counters));
    }

    /**
     * Starts without waiting for any far end: links come and go.
     *
     * @throws IllegalStateException where an address cannot be listened at, or the host has no SCTP
     */
    @Override
    public void start(DialogDesk desk) {
        point.maxDialogs(desk.maxDialogs());
        point.start(it -> it.start(new ShareDesk(desk)));
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
}
