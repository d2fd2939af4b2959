package io.moondial.channel.embedded;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.FarSide.Call;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.channel.ss7.SignallingPlan.Peer;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.ss7.SignallingPoint.Called;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.dialog.Opening;
import io.moondial.metrics.Counters;
import java.util.List;
import java.util.Map;

/** The handsets' signalling point of a network in memory. */
final class EmbeddedHandsets implements AutoCloseable {
    private static final Called ENGINE =
            new Called(
                    EmbeddedNetwork.ENGINE_POINT_CODE, EmbeddedNetwork.ENGINE_GLOBAL_TITLE, false);

    private final SignallingPoint point;

    /**
     * Handsets that are not started.
     *
     * @param ssns the subsystems of the engine
     */
    EmbeddedHandsets(List<Integer> ssns, int maxDialogs, LoopedMtp3 end) {
        point =
                new SignallingPoint(
                        new SignallingPlan(
                                "handsets",
                                EmbeddedNetwork.HANDSET_POINT_CODE,
                                SignallingPlan.NATIONAL,
                                EmbeddedNetwork.HANDSET_GLOBAL_TITLE,
                                List.of(EmbeddedNetwork.HANDSET_SSN),
                                List.of(new Peer(EmbeddedNetwork.ENGINE_POINT_CODE, ssns)),
                                List.of(),
                                Map.of(),
                                true,
                                TcapLimits.of(maxDialogs),
                                SignallingPlan.MAX_SCCP_MESSAGE),
                        end,
                        new Counters());
    }

    void start() {
        point.start(new NobodyHome());
    }

    DialogLink begin(Call call, DialogLink.Receiver receiver) {
        return point.begin(call, ENGINE, receiver);
    }

    int openDialogs() {
        return point.openDialogs();
    }

    @Override
    public void close() {
        point.close();
    }

    /** The engine begins no dialog towards handsets. */
    private static final class NobodyHome implements DialogDesk {
        @Override
        public DialogLink.Receiver begun(Opening opening, DialogLink link) {
            throw new IllegalStateException("a dialog was begun towards the handsets: " + opening);
        }

        @Override
        public void refused(Refusal refusal) {
            throw new IllegalStateException("a dialog was begun towards the handsets: " + refusal);
        }
    }
}
