package io.moondial.channel.ss7;

import io.moondial.channel.DialogTids;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.tcap.DialogImpl;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;

/**
 * Transaction ids as they are on the wire: 1 to 4 octets (ITU-T Q.773 3.2.1.2). The stack shows the
 * far side's as a number, which loses leading zeros; so its octets are read from the stack's own
 * field.
 */
final class TransactionIds {
    private static final VarHandle REMOTE = remoteField();
    private static final HexFormat HEX = HexFormat.of();

    private TransactionIds() {}

    private static VarHandle remoteField() {
        try {
            return MethodHandles.privateLookupIn(DialogImpl.class, MethodHandles.lookup())
                    .findVarHandle(DialogImpl.class, "remoteTransactionId", byte[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Ours; the stack always sends four octets. */
    static String local(Dialog dialog) {
        return HEX.toHexDigits(dialog.getLocalDialogId().intValue());
    }

    /** Both, for log lines. */
    static DialogTids of(Dialog dialog) {
        byte[] far = remoteOctets((DialogImpl) dialog);
        return new DialogTids(local(dialog), far == null ? "" : HEX.formatHex(far));
    }

    /** The stack's number of one of ours; an id that is not of four octets is none. */
    static long number(byte[] id) {
        return id.length == Integer.BYTES ? ByteBuffer.wrap(id).getInt() : -1;
    }

    /** The far side's. */
    static String remote(Dialog dialog) {
        return HEX.formatHex((byte[]) REMOTE.get((DialogImpl) dialog));
    }

    /** The far side's, as it came; null if none has come yet. */
    static byte @Nullable [] remoteOctets(DialogImpl dialog) {
        return (byte[]) REMOTE.get(dialog);
    }
}
