package io.moondial.channel.ss7;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.restcomm.protocols.ss7.sccp.LongMessageRuleType;
import org.restcomm.protocols.ss7.sccp.Router;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterface;
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
    private final TCAPStackImpl tcap;

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
        this.plan = plan;
        translation = new GlobalTitleTranslation(plan);
        sccp = makeSccp.apply(translation.asExtension());
        sccp.setPersistDir(folder.path());
        sccp.setMtp3UserPart(USER_PART, userPart);
        tcap =
                new LeanTcap(
                        plan.name(), sccp.getSccpProvider(), plan.ssns().getFirst(), plan.limits());
        tcap.setPersistDir(folder.path());
    }

    SccpStackImpl sccp() {
        return sccp;
    }

    /** The TCAP layer. */
    public TCAPStackImpl tcap() {
        return tcap;
    }

    /** Whether messages can go to this point now. */
    public boolean reaches(int pointCode) {
        return translation.reaches(pointCode);
    }

    /**
     * Starts both.
     *
     * @throws Exception whatever the stack throws where it cannot start
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
        TcapTimers.forgetCancelled(tcap);
        TcapLimits limits = plan.limits();
        long idle = limits.idleTimeout().toMillis();
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
            TcapTimers.end(tcap);
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
}
