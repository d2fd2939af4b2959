package io.moondial.bench.echo;

import io.moondial.channel.embedded.EmbeddedPoint;
import io.moondial.channel.sigtran.SigtranPoint;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.ss7.LowerLayers;
import io.moondial.channel.ss7.LowerLayers.AttachedPoint;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.metrics.Counters;
import io.moondial.text.UssdString;
import io.moondial.time.SystemTime;
import io.moondial.time.Time.Activity;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.asn.AsnOutputStream;
import org.restcomm.protocols.ss7.map.MAPProviderImpl;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPDialogueAS;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.api.datacoding.CBSDataCodingScheme;
import org.restcomm.protocols.ss7.map.api.primitives.USSDString;
import org.restcomm.protocols.ss7.map.api.service.supplementary.MAPDialogSupplementary;
import org.restcomm.protocols.ss7.map.datacoding.CBSDataCodingSchemeImpl;
import org.restcomm.protocols.ss7.map.dialog.MAPOpenInfoImpl;
import org.restcomm.protocols.ss7.map.primitives.USSDStringImpl;
import org.restcomm.protocols.ss7.map.service.supplementary.MAPServiceSupplementaryImpl;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.tcap.api.TCAPProvider;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCBeginIndication;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.restcomm.protocols.ss7.tcap.asn.UserInformation;
import org.restcomm.protocols.ss7.tcap.asn.comp.ComponentType;
import org.restcomm.protocols.ss7.tcap.asn.comp.Invoke;
import org.restcomm.protocols.ss7.tcap.asn.comp.OperationCode;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCBeginIndicationImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A signalling point of nothing but the stack and a fixed conversation: every dialog is shown the
 * same menus, whatever is answered, then a final text. It decodes nothing, checks nothing and
 * records nothing, so no engine on this stack is faster.
 */
public final class Echo implements AttachedPoint {
    private static final Logger log = LoggerFactory.getLogger(Echo.class);

    private final String name;
    private final LowerLayers layers;
    private final MapProvider map;

    private Echo(SignallingPlan plan, Mtp3UserPart userPart, Texts texts) {
        name = plan.name();
        layers =
                new LowerLayers(
                        plan, userPart, extension -> new SccpStackImpl(plan.name(), extension));
        map = new MapProvider(plan.name(), layers.tcap().getProvider(), texts);
    }

    /**
     * An echo in memory, with handsets beside it; not started yet.
     *
     * @param maxDialogs how many each stack may hold
     * @param menus what every dialog is asked, in turn
     * @param last the final text
     */
    public static EmbeddedPoint<Echo> inMemory(
            List<Integer> ssns, int maxDialogs, List<UssdString> menus, UssdString last) {
        Texts texts = Texts.of(menus, last);
        return new EmbeddedPoint<>(
                ssns,
                SignallingLimits.of(maxDialogs),
                Activity.UNCOUNTED,
                (plan, userPart) -> new Echo(plan, userPart, texts));
    }

    /**
     * An echo at the end of a real link; not started yet.
     *
     * @param menus what every dialog is asked, in turn
     * @param last the final text
     */
    public static SigtranPoint<Echo> overM3ua(
            SigtranSettings settings,
            SignallingLimits limits,
            List<UssdString> menus,
            UssdString last) {
        Texts texts = Texts.of(menus, last);
        return new SigtranPoint<>(
                "echo",
                settings,
                limits,
                new Counters(),
                SystemTime.ofProcess(),
                (plan, userPart) -> new Echo(plan, userPart, texts));
    }

    /** Starts every layer. */
    public void start() {
        try {
            layers.start();
            map.start();
        } catch (Exception e) {
            throw new IllegalStateException("the echo " + name + " cannot start", e);
        }
    }

    @Override
    public boolean reaches(int pointCode) {
        return layers.reaches(pointCode);
    }

    @Override
    public void close() {
        layers.close(map::stop);
    }

    /** A text as the stack takes it. */
    private record Text(CBSDataCodingScheme scheme, USSDString octets) {
        static Text of(UssdString ussd) {
            CBSDataCodingScheme scheme = new CBSDataCodingSchemeImpl(ussd.dcs().octet());
            return new Text(scheme, new USSDStringImpl(ussd.octets(), scheme));
        }
    }

    /** All that is ever said. */
    private record Texts(List<Text> menus, Text last) {
        static Texts of(List<UssdString> menus, UssdString last) {
            return new Texts(menus.stream().map(Text::of).toList(), Text.of(last));
        }
    }

    /** The stack's own MAP layer with one service. */
    private static final class MapProvider extends MAPProviderImpl {
        private static final UserInformation EMPTY_OPEN = emptyOpen();

        MapProvider(String name, TCAPProvider tcap, Texts texts) {
            super(name, tcap);
            Service service = new Service(this, texts);
            mapServices.clear();
            mapServices.add(service);
            service.acivate();
        }

        /** Without a MAP-open, which handsets may leave out, the stack would abort. */
        @Override
        public void onTCBegin(TCBeginIndication indication) {
            if (indication.getUserInformation() == null) {
                ((TCBeginIndicationImpl) indication).setUserInformation(EMPTY_OPEN);
            }
            super.onTCBegin(indication);
        }

        private static UserInformation emptyOpen() {
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

    /** How far a dialog is. */
    private record Progress(long invokeId, int asked) {}

    private static final class Service extends MAPServiceSupplementaryImpl {
        /** The stack starts no timer for a menu, as it starts none for the engine's. */
        private static final int NO_TIMER = 0;

        private final Texts texts;

        Service(MapProvider provider, Texts texts) {
            super(provider);
            this.texts = texts;
        }

        @Override
        public void processComponent(
                ComponentType type,
                @Nullable OperationCode operation,
                @Nullable Parameter parameter,
                MAPDialog dialog,
                Long invokeId,
                @Nullable Long linkedId,
                @Nullable Invoke linkedInvoke) {
            Progress progress =
                    type == ComponentType.Invoke
                            ? new Progress(invokeId, 0)
                            : (Progress) dialog.getUserObject();
            try {
                next((MAPDialogSupplementary) dialog, progress);
            } catch (MAPException | RuntimeException e) {
                log.error("the echo cannot answer", e); // the stack would say nothing of it
            }
        }

        private void next(MAPDialogSupplementary dialog, Progress progress) throws MAPException {
            if (progress.asked() == texts.menus().size()) {
                Text last = texts.last();
                dialog.addProcessUnstructuredSSResponse(
                        progress.invokeId(), last.scheme(), last.octets());
                dialog.close(false);
                return;
            }
            Text menu = texts.menus().get(progress.asked());
            dialog.setUserObject(new Progress(progress.invokeId(), progress.asked() + 1));
            dialog.addUnstructuredSSRequest(NO_TIMER, menu.scheme(), menu.octets(), null, null);
            dialog.send();
        }
    }
}
