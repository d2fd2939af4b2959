package io.moondial.channel.sigtran;

import io.moondial.channel.LinkStatus;
import io.moondial.channel.ss7.EchoPoint;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.metrics.Counters;
import io.moondial.text.UssdString;
import java.util.List;

/** An echo in the place of the engine, at the end of a real link. */
public final class SigtranEcho implements AutoCloseable {
    private final SigtranPoint<EchoPoint> point;

    /**
     * An echo that is not started yet.
     *
     * @param menus what every dialog is asked, in turn
     * @param last what it is told in the end
     */
    public SigtranEcho(
            SigtranSettings settings, TcapLimits limits, List<UssdString> menus, UssdString last) {
        point =
                new SigtranPoint<>(
                        "echo",
                        settings,
                        limits,
                        new Counters(),
                        (plan, userPart) -> new EchoPoint(plan, userPart, menus, last));
    }

    /** Starts without waiting for any far end. */
    public void start() {
        point.start(EchoPoint::start);
    }

    /** How each link is now. */
    public List<LinkStatus> links() {
        return point.links();
    }

    @Override
    public void close() {
        point.close();
    }
}
