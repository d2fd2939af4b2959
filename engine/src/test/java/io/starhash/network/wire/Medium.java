package io.starhash.network.wire;

import io.starhash.network.DialogDesk;
import io.starhash.network.embedded.MemoryLine;
import io.starhash.network.ss7.TcapLimits;

/** What carries the messages of these tests. */
enum Medium {
    MEMORY {
        @Override
        Line open(DialogDesk desk, TcapLimits limits) {
            return new MemoryLine(desk, limits);
        }
    },
    M3UA {
        @Override
        Line open(DialogDesk desk, TcapLimits limits) {
            return new M3uaLine(desk, limits);
        }
    };

    abstract Line open(DialogDesk desk, TcapLimits limits);
}
