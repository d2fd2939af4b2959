package io.moondial.channel.ss7;

import io.moondial.metrics.Counters;
import java.util.concurrent.atomic.LongAdder;

/** Counts TCAP messages by type and direction. */
final class TcapCounts {
    private static final int FIRST_TAG = 0x61;

    /** By their tags, from {@link #FIRST_TAG} on (ITU-T Q.773 3.1); empty: no type has it. */
    private static final String[] TYPES = {
        "unidirectional", "begin", "", "end", "continue", "", "abort"
    };

    private final LongAdder[] in;
    private final LongAdder[] out;
    private final LongAdder otherIn;

    /** Takes {@code tcap.messages.TYPE.in} and {@code .out}. */
    TcapCounts(Counters counters) {
        in = adders(counters, "in");
        out = adders(counters, "out");
        otherIn = counters.counter(name("other", "in"));
    }

    private static LongAdder[] adders(Counters counters, String direction) {
        LongAdder[] adders = new LongAdder[TYPES.length];
        for (int i = 0; i < adders.length; i++) {
            String type = TYPES[i].isEmpty() ? "other" : TYPES[i];
            adders[i] = counters.counter(name(type, direction));
        }
        return adders;
    }

    private static String name(String type, String direction) {
        return "tcap.messages." + type + '.' + direction;
    }

    /** One has come, as the network has sent it. */
    void came(byte[] message) {
        int index = index(message);
        (index < 0 ? otherIn : in[index]).increment();
    }

    /** One is sent. */
    void sent(byte[] message) {
        int index = index(message);
        if (index >= 0) {
            out[index].increment();
        }
    }

    private static int index(byte[] message) {
        int index = message.length == 0 ? -1 : (message[0] & 0xff) - FIRST_TAG;
        return index < TYPES.length ? index : -1;
    }
}
