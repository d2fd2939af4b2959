package io.moondial.channel.ss7;

import io.moondial.channel.ss7.screening.SccpData;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts what SCCP has cut into several messages together for the taps: only the whole tells whose it
 * is, and what in it is secret.
 */
final class TappedParts {
    /** From the service information octet to the first octet of SCCP: the ITU-T routing label. */
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
     * @return null where more of it is to come
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
            // A part without its beginning: neither the stack nor a tap can make anything of it.
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
