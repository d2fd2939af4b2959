package io.moondial.channel.ss7;

import io.moondial.metrics.Counters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.indicator.RoutingIndicator;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.restcomm.protocols.ss7.sccp.LongMessageRuleType;
import org.restcomm.protocols.ss7.sccp.RemoteSignalingPointCode;
import org.restcomm.protocols.ss7.sccp.Router;
import org.restcomm.protocols.ss7.sccp.SccpResource;
import org.restcomm.protocols.ss7.sccp.impl.SccpRoutingCtxInterface;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.sccp.impl.Ss7ExtSccpDetailedInterfaceDefault;
import org.restcomm.protocols.ss7.sccp.impl.message.SccpAddressedMessageImpl;
import org.restcomm.protocols.ss7.sccp.impl.parameter.SccpAddressImpl;
import org.restcomm.protocols.ss7.sccp.parameter.GlobalTitle;
import org.restcomm.protocols.ss7.sccp.parameter.RefusalCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.ReturnCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterface;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterfaceDefault;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtSccpInterface;
import org.restcomm.protocols.ss7.tcap.TCAPStackImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SCCP and TCAP, set up after a plan. Nothing is kept on disk. */
public final class LowerLayers {
    private static final int USER_PART = 1;

    private final SignallingPlan plan;
    private final PrivateFolder folder = PrivateFolder.create();
    private final GlobalTitleTranslation translation;
    private final SccpStackImpl sccp;
    private final LeanTcap tcap;

    /**
     * Layers that are not started.
     *
     * @param userPart started by the caller
     * @param makeSccp makes SCCP with what translates global titles
     */
    public LowerLayers(
            SignallingPlan plan,
            Mtp3UserPart userPart,
            Function<Ss7ExtInterface, SccpStackImpl> makeSccp) {
        this(plan, userPart, makeSccp, new TcapCounts(new Counters()));
    }

    /** As above, with somebody who counts what TCAP sends. */
    LowerLayers(
            SignallingPlan plan,
            Mtp3UserPart userPart,
            Function<Ss7ExtInterface, SccpStackImpl> makeSccp,
            TcapCounts counts) {
        this.plan = plan;
        translation = new GlobalTitleTranslation(plan);
        sccp = makeSccp.apply(translation.asExtension());
        sccp.setPersistDir(folder.path());
        sccp.setMtp3UserPart(USER_PART, userPart);
        tcap =
                new LeanTcap(
                        plan.name(),
                        sccp.getSccpProvider(),
                        plan.ssns().getFirst(),
                        plan.limits().tcap(),
                        counts);
        tcap.setPersistDir(folder.path());
    }

    SccpStackImpl sccp() {
        return sccp;
    }

    /** The TCAP layer. */
    public TCAPStackImpl tcap() {
        return tcap;
    }

    /** How many timers of TCAP wait. */
    int pendingTimers() {
        return tcap.pendingTimers();
    }

    /** Whether messages can go to this point now. */
    public boolean reaches(int pointCode) {
        return translation.reaches(pointCode);
    }

    /**
     * Starts both.
     *
     * @throws Exception whatever the stack throws if it cannot start
     */
    public void start() throws Exception {
        sccp.setRspProhibitedByDefault(!plan.reachable());
        sccp.start();
        configureSccp();
        tcap.setExtraSsns(new ArrayList<>(plan.ssns().subList(1, plan.ssns().size())));
        tcap.start();
        configureTcap();
    }

    private void configureSccp() throws Exception {
        sccp.setRemoveSpc(true); // an address that is routed on its title needs no point code
        Router router = sccp.getRouter();
        router.addMtp3ServiceAccessPoint(
                1, USER_PART, plan.pointCode(), plan.networkIndicator(), 0, null);
        int id = 0;
        for (SignallingPlan.Peer peer : plan.peers()) {
            id++;
            int pc = peer.pointCode();
            sccp.getSccpResource().addRemoteSpc(id, pc, 0, 0);
            router.addMtp3Destination(1, id, pc, pc, 0, 255, 255);
            router.addLongMessageRule(id, pc, pc, LongMessageRuleType.XUDT_ENABLED);
        }
        int ssnId = 0;
        for (SignallingPlan.Peer peer : plan.peers()) {
            for (int ssn : peer.ssns()) {
                sccp.getSccpResource().addRemoteSsn(++ssnId, peer.pointCode(), ssn, 0, false);
            }
        }
    }

    private void configureTcap() throws Exception {
        SignallingLimits.Tcap limits = plan.limits().tcap();
        long idle = limits.dialogIdleTimeout().toMillis();
        tcap.setInvokeTimeout(Math.min(idle, tcap.getInvokeTimeout())); // never the longer one
        tcap.setDialogIdleTimeout(idle);
        tcap.setMaxDialogs(limits.maxDialogs());
    }

    /**
     * Stops what has been started; safe at any time.
     *
     * @param stopMap stops what is above, if TCAP was started
     */
    public void close(Runnable stopMap) {
        if (tcap.isStarted()) {
            stopMap.run();
            tcap.stop();
        }
        if (sccp.isStarted()) {
            sccp.stop();
        }
        folder.close();
    }

    /** A temporary folder of our own for the XML that the stack insists on writing. */
    private static final class PrivateFolder implements AutoCloseable {
        private static final Logger log = LoggerFactory.getLogger(PrivateFolder.class);

        private final Path path;

        private PrivateFolder(Path path) {
            this.path = path;
        }

        static PrivateFolder create() {
            try {
                return new PrivateFolder(Files.createTempDirectory("moondial-ss7-"));
            } catch (IOException e) {
                throw new UncheckedIOException("no temporary folder for the SS7 stack", e);
            }
        }

        String path() {
            return path.toString();
        }

        @Override
        public void close() {
            try {
                Files.walkFileTree(path, new Delete());
            } catch (IOException e) {
                log.warn("the temporary folder {} could not be removed", path, e);
            }
        }

        private static final class Delete extends SimpleFileVisitor<Path> {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                    throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                    throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        }
    }

    /**
     * Global title translation (ITU-T Q.714 2.4), which the stack leaves to others: our own title
     * means us, any other goes to a point that can do more with it. Addresses stay routed on their
     * titles, so that an answer's calling party is one that the far end can reach.
     */
    private static final class GlobalTitleTranslation extends Ss7ExtSccpDetailedInterfaceDefault {
        private final SignallingPlan plan;
        private final int longestPrefix;
        private @Nullable SccpStackImpl sccp;

        GlobalTitleTranslation(SignallingPlan plan) {
            this.plan = plan;
            longestPrefix =
                    plan.globalTitles().keySet().stream().mapToInt(String::length).max().orElse(0);
        }

        /** As the stack takes it. */
        Ss7ExtInterface asExtension() {
            return new Ss7ExtInterfaceDefault() {
                @Override
                public Ss7ExtSccpInterface getSs7ExtSccpInterface() {
                    return GlobalTitleTranslation.this;
                }
            };
        }

        @Override
        public void init(SccpStackImpl stack) {
            super.init(stack);
            sccp = stack;
        }

        @Override
        public void translationFunction(
                SccpRoutingCtxInterface routing, SccpAddressedMessageImpl message)
                throws Exception {
            SccpAddress called = message.getCalledPartyAddress();
            Optional<Integer> point = point(called, message.getIsMtpOriginated());
            if (point.isEmpty()) {
                routing.sendSccpError(
                        message,
                        ReturnCauseValue.NO_TRANSLATION_FOR_ADDRESS,
                        RefusalCauseValue.DESTINATION_ADDRESS_UNKNOWN);
                return;
            }
            SccpAddressImpl translated =
                    new SccpAddressImpl(
                            RoutingIndicator.ROUTING_BASED_ON_GLOBAL_TITLE,
                            called.getGlobalTitle(),
                            point.get(),
                            subsystem(called, point.get()));
            translated.setTranslated(true);
            message.setCalledPartyAddress(translated);
            routing.routeAddressed(message);
        }

        /** A title without a subsystem means the first of ours. */
        private int subsystem(SccpAddress called, int point) {
            boolean left = called.getSubsystemNumber() == 0 && point == plan.pointCode();
            return left ? plan.ssns().getFirst() : called.getSubsystemNumber();
        }

        /**
         * Where a message goes; what comes in for others is not passed on, because this is not an
         * STP.
         */
        private Optional<Integer> point(SccpAddress called, boolean fromNetwork) {
            GlobalTitle title = called.getGlobalTitle();
            if (title == null) {
                return Optional.empty();
            }
            if (title.getDigits().equals(plan.globalTitle())
                    || (fromNetwork && plan.wholeNetwork())) {
                return Optional.of(plan.pointCode());
            }
            return fromNetwork ? Optional.empty() : pointFor(title.getDigits());
        }

        private Optional<Integer> pointFor(String digits) {
            for (int length = Math.min(digits.length(), longestPrefix); length > 0; length--) {
                Integer point = plan.globalTitles().get(digits.substring(0, length));
                if (point != null) {
                    return Optional.of(point);
                }
            }
            List<SignallingPlan.Peer> peers = plan.peers();
            for (SignallingPlan.Peer peer : peers) {
                if (reaches(peer.pointCode())) {
                    return Optional.of(peer.pointCode());
                }
            }
            return peers.isEmpty() // that none can be reached is said then
                    ? Optional.empty()
                    : Optional.of(peers.getFirst().pointCode());
        }

        /** Whether messages can go to this point now. */
        boolean reaches(int pointCode) {
            SccpStackImpl stack = sccp;
            SccpResource known = stack == null ? null : stack.getSccpResource();
            RemoteSignalingPointCode point =
                    known == null ? null : known.getRemoteSpcByPC(pointCode);
            return point != null && !point.isRemoteSpcProhibited();
        }

        /** For the size of what can be sent without segments. */
        @Override
        public int findDpsForAddresses(SccpAddress called, SccpAddress calling, int networkId) {
            return point(called, false).filter(it -> it != plan.pointCode()).orElse(-1);
        }
    }

    /** A signalling point above a user part. */
    public interface AttachedPoint extends AutoCloseable {
        /** Whether messages can go to this point now. */
        boolean reaches(int pointCode);

        /** Stops what has been started; safe at any time. */
        @Override
        void close();
    }
}
