package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk.Cause;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.DialogTids;
import io.moondial.channel.ss7.UssdParameter.AddressCodec;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.channel.ss7.screening.BerElement;
import io.moondial.channel.ss7.screening.BerElement.NotBerException;
import io.moondial.dialog.Incoming.Aborted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.asn.AsnException;
import org.mobicents.protocols.asn.AsnOutputStream;
import org.restcomm.protocols.ss7.map.MAPProviderImpl;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContext;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextName;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextVersion;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPDialogueAS;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.api.dialog.MAPProviderAbortReason;
import org.restcomm.protocols.ss7.map.dialog.MAPOpenInfoImpl;
import org.restcomm.protocols.ss7.tcap.api.TCAPProvider;
import org.restcomm.protocols.ss7.tcap.api.TCAPSendException;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCBeginIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCContinueIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCEndIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCPAbortIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCUserAbortIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCUserAbortRequest;
import org.restcomm.protocols.ss7.tcap.asn.ApplicationContextName;
import org.restcomm.protocols.ss7.tcap.asn.DialogServiceUserType;
import org.restcomm.protocols.ss7.tcap.asn.ResultSourceDiagnostic;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.restcomm.protocols.ss7.tcap.asn.UserInformation;
import org.restcomm.protocols.ss7.tcap.asn.comp.Component;
import org.restcomm.protocols.ss7.tcap.asn.comp.PAbortCauseType;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCBeginIndicationImpl;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCContinueIndicationImpl;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCEndIndicationImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MAP layer with what USSD needs of it, and made safe against what the stack itself stumbles
 * over.
 */
final class UssdMapProvider extends MAPProviderImpl {
    private static final Component[] NO_COMPONENTS = {};
    private static final List<MAPApplicationContext> USSD =
            List.of(
                    MAPApplicationContext.getInstance(
                            MAPApplicationContextName.networkUnstructuredSsContext,
                            MAPApplicationContextVersion.version2));

    private final transient UssdMapService service;
    private final long invokeTimeout;
    private transient volatile @Nullable MessageDesk desk;

    UssdMapProvider(String name, TCAPProvider tcap, Duration invokeTimeout) {
        super(name, tcap);
        this.invokeTimeout = invokeTimeout.toMillis();
        service = new UssdMapService(this);
        mapServices.clear();
        mapServices.add(service);
        service.acivate();
    }

    /**
     * How long the stack takes a result for an invoke, in milliseconds; 0: it starts no timer,
     * because the engine times its screens itself.
     */
    long invokeTimeout() {
        return invokeTimeout;
    }

    UssdMapService ussd() {
        return service;
    }

    /** How many dialogs this layer holds. */
    int openDialogs() {
        return dialogs.size();
    }

    /** Learns of dialogs that are refused here. */
    void report(MessageDesk desk) {
        this.desk = desk;
    }

    @Override
    public void onTCBegin(TCBeginIndication indication) {
        guarded(indication, this::begin);
    }

    /**
     * A peer may leave MAP-open out; the stack would abort such a dialog, though an application
     * context without any reference says nothing less than an empty MAP-open does.
     */
    private void begin(TCBeginIndication indication) {
        ApplicationContextName context = indication.getApplicationContextName();
        DialogRefusal refusal = new DialogRefusal(this, indication.getDialog());
        List<MAPApplicationContext> served = served();
        if (context == null) {
            refusal.withoutContext();
        } else if (served.stream().noneMatch(it -> Arrays.equals(context.getOid(), it.getOID()))) {
            refusal.ofContext(context, served);
        } else {
            open(indication, refusal);
        }
    }

    /** In which contexts the far side may begin a dialog, of each the newest version first. */
    private List<MAPApplicationContext> served() {
        MessageDesk told = desk;
        FarSide.Locator hlr = told == null ? null : told.hlr();
        if (hlr == null) {
            return USSD;
        }
        List<MAPApplicationContext> served = new ArrayList<>(USSD);
        for (int version = Math.min(hlr.mapVersion(), SmRouting.NEWEST_VERSION);
                version >= SmRouting.OLDEST_VERSION;
                version--) {
            served.add(SmRouting.context(version));
        }
        return served;
    }

    private void open(TCBeginIndication indication, DialogRefusal refusal) {
        UserInformation information = indication.getUserInformation();
        try {
            MapOpen open =
                    information == null ? MapOpen.WITHOUT_REFERENCES : MapOpen.read(information);
            indication.getDialog().setUserObject(open);
        } catch (NotBerException e) {
            refusal.invalid(String.valueOf(e.getMessage()));
            return;
        }
        ((TCBeginIndicationImpl) indication).setUserInformation(MapOpen.empty());
        super.onTCBegin(indication);
    }

    void refused(Refusal refusal) {
        MessageDesk told = desk;
        if (told != null) {
            told.refused(refusal);
        }
    }

    @Override
    public void onTCContinue(TCContinueIndication indication) {
        ((TCContinueIndicationImpl) indication)
                .setUserInformation(null); // a MAP-accept says nothing
        guarded(indication, super::onTCContinue);
    }

    @Override
    public void onTCEnd(TCEndIndication indication) {
        TCEndIndicationImpl end = (TCEndIndicationImpl) indication;
        end.setUserInformation(null);
        if (end.getComponents() == null) {
            end.setComponents(NO_COMPONENTS); // the stack counts them in the first message back
        }
        guarded(indication, super::onTCEnd);
    }

    @Override
    public void onTCPAbort(TCPAbortIndication indication) {
        guarded(indication, abort -> aborted(abort.getDialog(), AbortReason.of(abort)));
    }

    @Override
    public void onTCUserAbort(TCUserAbortIndication indication) {
        guarded(indication, abort -> aborted(abort.getDialog(), AbortReason.of(abort)));
    }

    /** The stack's TCAP lets go of the dialog after this. */
    private void aborted(Dialog dialog, Message.Abort abort) {
        MapLink link = link(dialog.getLocalDialogId());
        if (link != null) {
            link.aborted(abort);
        }
    }

    private static <T> void guarded(T indication, Consumer<T> deliver) {
        try {
            deliver.accept(indication);
        } catch (RuntimeException e) {
            throw new NotTakenIn(e);
        }
    }

    /**
     * What was thrown while MAP handled a message, on its way down to where that is answered. It is
     * an Error because the stack in between catches exceptions and goes on as if nothing had
     * happened.
     */
    static final class NotTakenIn extends Error {
        private static final long serialVersionUID = 1L;

        NotTakenIn(RuntimeException cause) {
            super(null, cause, false, false);
        }
    }

    /** The link of the dialog with this id of ours; null if there is none. */
    @Nullable MapLink link(long localId) {
        return link(getMAPDialog(localId));
    }

    private static @Nullable MapLink link(@Nullable MAPDialog dialog) {
        return dialog != null && dialog.getUserObject() instanceof MapLink link ? link : null;
    }

    void abortInvalid(Dialog dialog) throws MAPException {
        fireTCAbortProvider(dialog, MAPProviderAbortReason.invalidPDU, null, false);
    }

    void abortWithoutContext(Dialog dialog) throws MAPException {
        fireTCAbortV1(dialog, false);
    }

    /**
     * Why the far side, or the network, has aborted a dialog. What MAP says in an abort (3GPP TS
     * 29.002 17.4.2) is read here and not by the stack; whatever it is, the dialog ends.
     */
    private static final class AbortReason {
        private static final String BY_USER = "TC-U-ABORT";
        private static final int REFUSE = 0xa3;
        private static final int USER_ABORT = 0xa4;
        private static final int PROVIDER_ABORT = 0xa5;
        private static final int RESOURCE_LIMITATION = 0x81;
        private static final int RESOURCE_UNAVAILABLE = 0x82;
        private static final int PROCEDURE_CANCELLATION = 0x83;

        private AbortReason() {}

        static Message.Abort of(TCPAbortIndication abort) {
            PAbortCauseType cause = abort.getPAbortCause();
            return new Message.Abort(
                    Aborted.Cause.PROVIDER,
                    "TC-P-ABORT: " + (cause == null ? "no reason given" : words(cause)));
        }

        private static String words(PAbortCauseType cause) {
            return switch (cause) {
                case UnrecognizedMessageType -> "unrecognized message type";
                case UnrecognizedTxID -> "unrecognized transaction id";
                case BadlyFormattedTxPortion -> "badly formatted transaction portion";
                case IncorrectTxPortion -> "incorrect transaction portion";
                case ResourceLimitation -> "resource limitation";
                case AbnormalDialogue -> "abnormal dialogue";
                case NoCommonDialoguePortion -> "no common dialogue portion";
                case NoReasonGiven -> "no reason given";
            };
        }

        static Message.Abort of(TCUserAbortIndication abort) {
            ResultSourceDiagnostic diagnostic = abort.getResultSourceDiagnostic();
            if (diagnostic != null) {
                return new Message.Abort(
                        Aborted.Cause.REFUSED,
                        diagnostic.getDialogServiceUserType()
                                        == DialogServiceUserType.AcnNotSupported
                                ? "refused: the application context is not supported"
                                : "refused");
            }
            return ofMap(abort.getUserInformation());
        }

        private static Message.Abort ofMap(@Nullable UserInformation information) {
            if (information == null) {
                return new Message.Abort(BY_USER);
            }
            try {
                byte[] pdu = MapOpen.pdu(information);
                BerElement said = BerElement.read(pdu, 0, pdu.length);
                return switch (said.tag()) {
                    case REFUSE -> new Message.Abort(Aborted.Cause.REFUSED, "refused");
                    case PROVIDER_ABORT ->
                            new Message.Abort(
                                    Aborted.Cause.PROVIDER,
                                    BY_USER + ": MAP cannot read what it got");
                    case USER_ABORT -> new Message.Abort(BY_USER + ofUser(said.children()));
                    default -> new Message.Abort(BY_USER);
                };
            } catch (NotBerException e) {
                return new Message.Abort(BY_USER);
            }
        }

        private static String ofUser(List<BerElement> choice) {
            return switch (choice.isEmpty() ? 0 : choice.getFirst().tag()) {
                case RESOURCE_LIMITATION -> ": resource limitation";
                case RESOURCE_UNAVAILABLE -> ": resource unavailable";
                case PROCEDURE_CANCELLATION -> ": procedure cancelled";
                default -> "";
            };
        }
    }

    /** A dialog refused before it became one of MAP's (3GPP TS 29.002 7.3). */
    private static final class DialogRefusal {
        private static final Logger log = LoggerFactory.getLogger(DialogRefusal.class);

        private final UssdMapProvider map;
        private final Dialog dialog;
        private final String localTid;
        private final String remoteTid;

        DialogRefusal(UssdMapProvider map, Dialog dialog) {
            this.map = map;
            this.dialog = dialog;
            localTid = TransactionIds.local(dialog);
            remoteTid = TransactionIds.remote(dialog);
        }

        /** MAP version 1 knows no dialogue portion; no USSD service of that version is offered. */
        void withoutContext() {
            report(
                    Cause.OTHER_CONTEXT,
                    "TC-BEGIN has no dialogue portion (MAP version 1), which is not served: aborted");
            send(() -> map.abortWithoutContext(dialog));
        }

        /**
         * The named context is not supported; if only its version differs, the newest that is
         * served is offered instead.
         */
        void ofContext(ApplicationContextName context, List<MAPApplicationContext> served) {
            ApplicationContextName offered =
                    served.stream()
                            .filter(it -> differsInVersion(context.getOid(), it.getOID()))
                            .findFirst()
                            .map(it -> TcapFactory.createApplicationContextName(it.getOID()))
                            .orElse(context);
            report(
                    Cause.OTHER_CONTEXT,
                    "TC-BEGIN asks for the application context %s, which is not served: refused"
                            .formatted(
                                    Arrays.stream(context.getOid())
                                            .mapToObj(Long::toString)
                                            .collect(Collectors.joining("."))));
            send(() -> abort(offered));
        }

        private static boolean differsInVersion(long[] context, long[] other) {
            return context.length == other.length
                    && Arrays.mismatch(context, other) == other.length - 1;
        }

        /** What should be a MAP-open is not one. */
        void invalid(String why) {
            report(
                    Cause.UNREADABLE,
                    "the MAP-open of a TC-BEGIN cannot be read: " + why + "; aborted");
            send(() -> map.abortInvalid(dialog));
        }

        private void abort(ApplicationContextName offered) throws TCAPSendException {
            TCUserAbortRequest abort =
                    map.getTCAPProvider().getDialogPrimitiveFactory().createUAbort(dialog);
            abort.setDialogServiceUserType(DialogServiceUserType.AcnNotSupported);
            abort.setApplicationContextName(offered);
            dialog.send(abort);
        }

        private void report(Cause cause, String text) {
            map.refused(new Refusal(localTid, remoteTid, cause, text));
        }

        /** The stack releases the dialog whether or not the ABORT leaves. */
        private void send(Sending sending) {
            try {
                sending.send();
            } catch (MAPException | TCAPSendException e) {
                log.warn("{} the ABORT could not be sent", new DialogTids(localTid, remoteTid), e);
                dialog.release();
            }
        }

        @FunctionalInterface
        private interface Sending {
            void send() throws MAPException, TCAPSendException;
        }
    }

    /**
     * The MAP-open of a dialog (3GPP TS 29.002 17.4.3). It is read here and not by the stack, which
     * only sees an empty one.
     *
     * @param destination the destination reference; null if there is none
     * @param origination the origination reference; null if there is none
     */
    record MapOpen(@Nullable Address destination, @Nullable Address origination) {
        /** What a peer says that leaves MAP-open out. */
        static final MapOpen WITHOUT_REFERENCES = new MapOpen(null, null);

        private static final UserInformation EMPTY = withoutReferences();
        private static final int OPEN = 0xa0;
        private static final int DESTINATION = 0x80;
        private static final int ORIGINATION = 0x81;

        /**
         * Reads the user information of a TC-BEGIN. What else is in a MAP-open, extensions and the
         * two addresses that Ericsson adds, is measured and ignored.
         *
         * @throws NotBerException if it is no MAP-open
         */
        static MapOpen read(UserInformation information) throws NotBerException {
            byte[] pdu = pdu(information);
            BerElement open = BerElement.read(pdu, 0, pdu.length);
            if (open.tag() != OPEN) {
                throw new NotBerException("not a MAP-open (tag %02x)".formatted(open.tag()));
            }
            Address destination = null;
            Address origination = null;
            int next = open.content();
            while (next < open.contentEnd()) {
                BerElement field = BerElement.read(pdu, next, open.contentEnd());
                switch (field.tag()) {
                    case DESTINATION -> destination = reference(field);
                    case ORIGINATION -> origination = reference(field);
                    default -> {}
                }
                next = field.end();
            }
            return destination == null && origination == null
                    ? WITHOUT_REFERENCES
                    : new MapOpen(destination, origination);
        }

        /** The MAP PDU within user information (17.4.2): an ASN.1 type under MAP's own name. */
        static byte[] pdu(UserInformation information) throws NotBerException {
            try {
                if (!information.isOid()
                        || !information.isAsn()
                        || !Arrays.equals(
                                information.getOidValue(), MAPDialogueAS.MAP_DialogueAS.getOID())) {
                    throw new NotBerException("no PDU of MAP");
                }
                return information.getEncodeType();
            } catch (AsnException e) {
                throw new NotBerException("no PDU of MAP: " + e.getMessage());
            }
        }

        private static Address reference(BerElement field) throws NotBerException {
            try {
                return AddressCodec.decode(field.contents());
            } catch (MalformedException e) {
                throw new NotBerException(String.valueOf(e.getMessage()));
            }
        }

        /** User information with a MAP-open without any reference, which is not to be changed. */
        static UserInformation empty() {
            return EMPTY;
        }

        private static UserInformation withoutReferences() {
            try {
                AsnOutputStream open = new AsnOutputStream();
                new MAPOpenInfoImpl().encodeAll(open);
                UserInformation information = TcapFactory.createUserInformation();
                information.setOid(true);
                information.setOidValue(MAPDialogueAS.MAP_DialogueAS.getOID());
                information.setAsn(true);
                information.setEncodeType(open.toByteArray());
                return information;
            } catch (MAPException e) {
                throw new IllegalStateException("an empty MAP-open cannot be written", e);
            }
        }
    }
}
