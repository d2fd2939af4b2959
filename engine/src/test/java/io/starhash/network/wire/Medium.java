package io.starhash.network.wire;

import io.starhash.network.DialogDesk;
import io.starhash.network.embedded.MemoryLine;

/** What carries the messages of these tests. */
enum Medium {
    MEMORY {
        @Override
        Line open(DialogDesk desk, int maxDialogs) {
            return new MemoryLine(desk, maxDialogs);
        }
    },
    M3UA {
        @Override
        Line open(DialogDesk desk, int maxDialogs) {
            return new M3uaLine(desk, maxDialogs);
        }
    };

    abstract Line open(DialogDesk desk, int maxDialogs);
}
