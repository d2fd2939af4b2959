package io.moondial.channel.embedded;

import io.moondial.channel.DialogLink;
import io.moondial.channel.FarSide;
import io.moondial.channel.ss7.EchoPoint;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.text.UssdString;
import io.moondial.time.Activity;
import java.util.List;

/** A network in memory with an echo in the place of the engine. */
public final class EmbeddedEcho implements FarSide, AutoCloseable {
    private final LoopedMtp3 echoEnd = new LoopedMtp3(Activity.UNCOUNTED);
    private final LoopedMtp3 handsetEnd = new LoopedMtp3(Activity.UNCOUNTED);
    private final EchoPoint echo;
    private final EmbeddedHandsets handsets;

    /**
     * A network that is not started yet.
     *
     * @param maxDialogs how many each stack may hold
     * @param menus what every dialog is asked, in turn
     * @param last what it is told in the end
     */
    public EmbeddedEcho(
            List<Integer> ssns, int maxDialogs, List<UssdString> menus, UssdString last) {
        echoEnd.connect(handsetEnd::receive);
        handsetEnd.connect(echoEnd::receive);
        echo =
                new EchoPoint(
                        EmbeddedNetwork.enginePlan(ssns, TcapLimits.of(maxDialogs)),
                        echoEnd,
                        menus,
                        last);
        handsets = new EmbeddedHandsets(ssns, maxDialogs, handsetEnd);
    }

    /** Starts answering. */
    public void start() {
        echoEnd.begin();
        handsetEnd.begin();
        echo.start();
        handsets.start();
    }

    @Override
    public DialogLink begin(Call call, DialogLink.Receiver receiver) {
        return handsets.begin(call, receiver);
    }

    @Override
    public int openHandsetDialogs() {
        return handsets.openDialogs();
    }

    @Override
    public void close() {
        try (handsetEnd;
                echoEnd;
                echo;
                handsets) {
            // Closed from the last to the first, each whatever becomes of the others.
        }
    }
}
