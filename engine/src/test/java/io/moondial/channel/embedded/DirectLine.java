package io.moondial.channel.embedded;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.SignallingTap;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3EndCongestionPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3PausePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3StatusCause;
import org.restcomm.protocols.ss7.mtp.Mtp3StatusPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartBaseImpl;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;

/**
 * The engine's signalling point above a user part without threads: what is delivered is taken in on
 * the thread that delivers it.
 */
public final class DirectLine implements AutoCloseable {
    private static final Mtp3StatusCause CONGESTED = Mtp3StatusCause.SignallingNetworkCongested;
    private static final Mtp3StatusCause NO_USER_PART =
            Mtp3StatusCause.UserPartUnavailability_UnequippedRemoteUser;
    private static final int SCCP = 3;
    private static final int NATIONAL = 2;

    private final UserPart part;
    private final SignallingPoint engine;

    /**
     * A line whose point has started.
     *
     * @param counters what the point counts
     * @param sent given each SCCP message of the engine's, on any thread; an {@link
     *     UncheckedIOException} of it means that no link takes the message
     */
    public DirectLine(MessageDesk desk, int maxDialogs, Counters counters, Consumer<byte[]> sent) {
        part = new UserPart(sent);
        engine =
                new SignallingPoint(
                        EmbeddedNetwork.enginePlan(List.of(6, 147), maxDialogs), part, counters);
        part.begin();
        engine.start(desk);
    }

    /** A message from a signalling point of the national network, as MTP3 has it. */
    public void deliver(int serviceIndicator, int opc, int dpc, byte[] data) {
        part.listener()
                .onMtp3TransferMessage(
                        part.getMtp3TransferPrimitiveFactory()
                                .createMtp3TransferPrimitive(
                                        serviceIndicator, NATIONAL, 0, opc, dpc, 0, data));
    }

    /** What MTP3 says of a point: 0 paused, 1 resumed, 2 congested, 3 no user part, 4 better. */
    public void tell(int what, int pointCode, int detail) {
        Mtp3UserPartListener listener = part.listener();
        switch (what) {
            case 0 -> listener.onMtp3PauseMessage(new Mtp3PausePrimitive(pointCode));
            case 1 -> listener.onMtp3ResumeMessage(new Mtp3ResumePrimitive(pointCode));
            case 2 -> listener.onMtp3StatusMessage(status(pointCode, CONGESTED, detail));
            case 3 -> listener.onMtp3StatusMessage(status(pointCode, NO_USER_PART, 0));
            default ->
                    listener.onMtp3EndCongestionMessage(new Mtp3EndCongestionPrimitive(pointCode));
        }
    }

    private static Mtp3StatusPrimitive status(int pointCode, Mtp3StatusCause cause, int level) {
        return new Mtp3StatusPrimitive(pointCode, cause, level, SCCP);
    }

    public void attach(SignallingTap tap) {
        engine.attach(tap);
    }

    /** How many dialogs the stack holds. */
    public int openDialogs() {
        return engine.openDialogs();
    }

    /** How many timers of the stack wait. */
    public int pendingTimers() {
        return engine.pendingTimers();
    }

    @Override
    public void close() {
        engine.close();
        part.end();
    }

    /** Without threads; it keeps the layer above for itself. */
    private static final class UserPart extends Mtp3UserPartBaseImpl {
        private final Consumer<byte[]> sent;
        private @Nullable Mtp3UserPartListener layer;

        UserPart(Consumer<byte[]> sent) {
            super("direct", null);
            this.sent = sent;
        }

        @Override
        public void addMtp3UserPartListener(Mtp3UserPartListener listener) {
            layer = listener;
        }

        @Override
        public void removeMtp3UserPartListener(Mtp3UserPartListener listener) {
            // Nothing is delivered once the point is closed.
        }

        Mtp3UserPartListener listener() {
            return requireNonNull(layer, "the point has started");
        }

        @Override
        public void sendMessage(Mtp3TransferPrimitive message) throws IOException {
            try {
                sent.accept(message.getData());
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }

        void begin() {
            try {
                start();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        void end() {
            try {
                stop();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
