package io.starhash.network.ss7;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.restcomm.protocols.ss7.sccp.SccpProvider;
import org.restcomm.protocols.ss7.tcap.DialogImpl;
import org.restcomm.protocols.ss7.tcap.TCAPCounterProviderImpl;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;
import org.restcomm.protocols.ss7.tcap.TCAPStackImpl;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.asn.InvokeImpl;

/** A TCAP stack whose dialogs take less memory while they wait. */
final class LeanTcap extends TCAPStackImpl {
    private static final VarHandle FAR_SIDES_INVOKES = farSidesInvokes();
    private static final InvokeImpl[] NONE = {};

    LeanTcap(String name, SccpProvider sccp, int ssn) {
        super(name, sccp, ssn);
        tcapProvider = new Provider(sccp, this, ssn);
        tcapCounterProvider = new TCAPCounterProviderImpl(tcapProvider);
    }

    /**
     * Lets go of a dialog's room for 257 Invokes of the far side. The stack only uses it when it
     * listens to the dialogs of others (its preview mode).
     */
    static void slim(Dialog dialog) {
        FAR_SIDES_INVOKES.set((DialogImpl) dialog, NONE);
    }

    private static VarHandle farSidesInvokes() {
        try {
            return MethodHandles.privateLookupIn(DialogImpl.class, MethodHandles.lookup())
                    .findVarHandle(DialogImpl.class, "operationsSentA", InvokeImpl[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final class Provider extends TCAPProviderImpl {
        private static final long serialVersionUID = 1L;

        Provider(SccpProvider sccp, TCAPStackImpl stack, int ssn) {
            super(sccp, stack, ssn);
        }

        /**
         * As it is, without the levels that user parts may announce, of which there are none here.
         * To look for them in a map of its own kind makes the stack leave 700 octets behind with
         * every thread that sends, and each script has a thread.
         */
        @Override
        public int getCumulativeCongestionLevel() {
            return Math.max(getMemoryCongestionLevel(), getExecutorCongestionLevel());
        }
    }
}
