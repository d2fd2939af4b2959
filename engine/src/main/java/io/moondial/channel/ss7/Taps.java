package io.moondial.channel.ss7;

import io.moondial.channel.SignallingTap;
import io.moondial.channel.SignallingTap.SignallingMessage;
import io.moondial.channel.ss7.screening.SccpScreening.SccpData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitiveFactory;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;
import org.restcomm.protocols.ss7.mtp.RoutingLabelFormat;
import org.restcomm.ss7.congestion.ExecutorCongestionMonitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who sees the messages of a signalling point. Without anybody, nothing is looked at. */
final class Taps {
    private static final Logger log = LoggerFactory.getLogger(Taps.class);
    private static final int SCCP_INDICATOR = 3;

    private final List<SignallingTap> taps = new CopyOnWriteArrayList<>();
    private final TappedParts parts = new TappedParts();
    private final Secrecy secrecy;

    /** What is secret. */
    interface Secrecy {
        /** Whether what answers this invoke is secret; true if nobody knows. */
        boolean isSecret(byte[] engineTid, int invokeId);

        /** Whether any answer in this dialog is secret; true if nobody knows. */
        boolean hasSecrets(byte[] engineTid);

        /** The subscriber's number, if the engine has begun the dialog with it; otherwise null. */
        @Nullable String msisdn(byte[] engineTid);

        /** Whether the texts of what this thread sends just now are secret. */
        boolean hidesTexts();

        /** What of the text that begins a dialog is secret, see {@link MessageDesk#hidden}. */
        BitSet hidden(int operation, @Nullable String text, @Nullable String msisdn);
    }

    Taps(Secrecy secrecy) {
        this.secrecy = secrecy;
    }

    void add(SignallingTap tap) {
        taps.add(tap);
    }

    void remove(SignallingTap tap) {
        taps.remove(tap);
    }

    void seen(boolean outgoing, Mtp3TransferPrimitive message) {
        if (taps.isEmpty() || message.getSi() != SCCP_INDICATOR) {
            return;
        }
        try {
            show(outgoing, message.encodeMtp3().clone());
        } catch (RuntimeException e) {
            // Who looks on must not disturb what is looked at.
            log.warn("a message cannot be traced", e);
        }
    }

    private void show(boolean outgoing, byte[] mtp3) {
        TappedParts.Whole whole = parts.add(outgoing, mtp3);
        if (whole == null) {
            return;
        }
        SignallingMessage message =
                whole.parts().isEmpty()
                        ? new SignallingMessage(outgoing, List.of(mtp3), null)
                        : read(outgoing, whole);
        taps.forEach(tap -> tap.seen(message));
    }

    private SignallingMessage read(boolean outgoing, TappedParts.Whole whole) {
        boolean returned = SccpData.isReturned(whole.parts().getFirst().mtp3(), TappedParts.SCCP);
        // What comes back undelivered is the other side's own message.
        TappedTransaction transaction =
                TappedTransaction.read(whole.userData(), returned != outgoing);
        // Of what comes back nobody knows any more whether its texts are secret.
        boolean lost = returned && !outgoing;
        if (lost) {
            transaction.maskTexts();
        } else {
            transaction.mask(secrecy);
        }
        whole.replaceUserData(transaction.userData());
        return new SignallingMessage(
                outgoing,
                whole.parts().stream().map(TappedParts.Part::mtp3).toList(),
                transaction.summary(secrecy));
    }

    /**
     * Joins for the taps what SCCP has cut into several messages: only the whole message shows
     * whose it is, and what in it is secret.
     */
    private static final class TappedParts {
        /**
         * From the service information octet to the first octet of SCCP: the ITU-T routing label.
         */
        static final int SCCP = 5;

        private static final int LABEL = 1;

        /** Beyond it the oldest message that is not whole is given up; no tap sees it. */
        private static final int MAX_INCOMPLETE = 64;

        /** Most parts of one message: the count of those that remain has four bits. */
        private static final int MAX_PARTS = 16;

        private final Map<String, List<Part>> incomplete = new LinkedHashMap<>();

        /** One MTP3 message and where its piece of the user data lies. */
        static final class Part {
            private final byte[] mtp3;
            private final SccpData data;

            Part(byte[] mtp3, SccpData data) {
                this.mtp3 = mtp3;
                this.data = data;
            }

            byte[] mtp3() {
                return mtp3;
            }

            private int length() {
                return data.to() - data.from();
            }
        }

        /** A whole message. */
        record Whole(List<Part> parts) {
            byte[] userData() {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                parts.forEach(part -> all.write(part.mtp3, part.data.from(), part.length()));
                return all.toByteArray();
            }

            /** Puts user data of the same length into the parts. */
            void replaceUserData(byte[] data) {
                int at = 0;
                for (Part part : parts) {
                    System.arraycopy(data, at, part.mtp3, part.data.from(), part.length());
                    at += part.length();
                }
            }
        }

        /**
         * The message that is whole now.
         *
         * @param mtp3 a copy of the message, ours to change
         * @return null if more of it is to come
         */
        synchronized @Nullable Whole add(boolean outgoing, byte[] mtp3) {
            SccpData data = SccpData.find(mtp3, SCCP);
            if (data == null) {
                return new Whole(List.of());
            }
            SccpData.Segment segment = data.segment();
            Part part = new Part(mtp3, data);
            if (segment == null || (segment.first() && segment.remaining() == 0)) {
                return new Whole(List.of(part));
            }
            String key = key(outgoing, mtp3, segment);
            if (segment.first()) {
                incomplete.put(key, new ArrayList<>(List.of(part)));
                giveUpTheOldest();
                return null;
            }
            List<Part> parts = incomplete.get(key);
            if (parts == null || parts.size() == MAX_PARTS) {
                // A part without its beginning: neither the stack nor a tap can make anything of
                // it.
                incomplete.remove(key);
                return null;
            }
            parts.add(part);
            if (segment.remaining() > 0) {
                return null;
            }
            incomplete.remove(key);
            return new Whole(parts);
        }

        private static String key(boolean outgoing, byte[] mtp3, SccpData.Segment segment) {
            int label = 0;
            for (int i = LABEL; i < SCCP; i++) {
                label = (label << 8) | (mtp3[i] & 0xff);
            }
            return outgoing + " " + label + " " + segment.reference();
        }

        private void giveUpTheOldest() {
            if (incomplete.size() > MAX_INCOMPLETE) {
                incomplete.remove(incomplete.keySet().iterator().next());
            }
        }
    }

    /**
     * A user part whose outgoing messages the taps see first. What it cannot send is reported
     * separately, because the layers above would take an exception for a fault of their own.
     *
     * @param maxMessage how many octets a message may have, if the part itself would accept more
     */
    record TappedUserPart(
            Mtp3UserPart part, Taps taps, SendContext<String> undelivered, int maxMessage)
            implements Mtp3UserPart {
        @Override
        public void sendMessage(Mtp3TransferPrimitive message) {
            taps.seen(true, message);
            try {
                part.sendMessage(message);
            } catch (IOException e) {
                undelivered.say(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void start() throws Exception {
            part.start();
        }

        @Override
        public void stop() throws Exception {
            part.stop();
        }

        @Override
        public void addMtp3UserPartListener(Mtp3UserPartListener listener) {
            part.addMtp3UserPartListener(listener);
        }

        @Override
        public void removeMtp3UserPartListener(Mtp3UserPartListener listener) {
            part.removeMtp3UserPartListener(listener);
        }

        @Override
        public Mtp3TransferPrimitiveFactory getMtp3TransferPrimitiveFactory() {
            return part.getMtp3TransferPrimitiveFactory();
        }

        @Override
        public int getMaxUserDataLength(int dpc) {
            return Math.min(maxMessage, part.getMaxUserDataLength(dpc));
        }

        @Override
        public RoutingLabelFormat getRoutingLabelFormat() {
            return part.getRoutingLabelFormat();
        }

        @Override
        public void setRoutingLabelFormat(RoutingLabelFormat format) throws Exception {
            part.setRoutingLabelFormat(format);
        }

        @Override
        public boolean isUseLsbForLinksetSelection() {
            return part.isUseLsbForLinksetSelection();
        }

        @Override
        public void setUseLsbForLinksetSelection(boolean use) throws Exception {
            part.setUseLsbForLinksetSelection(use);
        }

        @Override
        public int getDeliveryMessageThreadCount() {
            return part.getDeliveryMessageThreadCount();
        }

        @Override
        public void setDeliveryMessageThreadCount(int count) throws Exception {
            part.setDeliveryMessageThreadCount(count);
        }

        @Override
        public ExecutorCongestionMonitor getExecutorCongestionMonitor() {
            return part.getExecutorCongestionMonitor();
        }
    }
}
