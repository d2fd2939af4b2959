package io.moondial.channel.ss7;

import io.moondial.metrics.RateLimitedLog;
import io.moondial.time.SystemTime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.restcomm.protocols.ss7.sccp.RemoteSignalingPointCode;
import org.restcomm.protocols.ss7.sccp.RemoteSubSystem;
import org.restcomm.protocols.ss7.sccp.SccpManagementEventListener;
import org.restcomm.protocols.ss7.sccp.SccpResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs what the far side says of its SCCP and of its subsystems (SCMG, ITU-T Q.714 5; DUPU of
 * M3UA): each change once, up to a limit. Of a point that is out of reach nothing is said here.
 */
final class SubsystemWatch implements SccpManagementEventListener {
    private static final Logger log = LoggerFactory.getLogger(SubsystemWatch.class);

    private static final String CAUSE = "changes of subsystems of the far side";

    private final RateLimitedLog lines = new RateLimitedLog(log, SystemTime.ofProcess());
    private final SccpResource resource;
    private final Set<String> outOfService = ConcurrentHashMap.newKeySet();

    SubsystemWatch(SccpResource resource) {
        this.resource = resource;
    }

    private void down(int pointCode, String what, String why) {
        RemoteSignalingPointCode point = resource.getRemoteSpcByPC(pointCode);
        boolean inReach = point != null && !point.isRemoteSpcProhibited();
        if (inReach && outOfService.add(what)) {
            lines.write(
                    Level.WARN, CAUSE, "{}: out of service, as the far side says ({})", what, why);
        }
    }

    private void up(String what) {
        if (outOfService.remove(what)) {
            lines.write(Level.INFO, CAUSE, "{}: in service again", what);
        }
    }

    private static String words(RemoteSubSystem subsystem) {
        return "subsystem %d of point code %d"
                .formatted(subsystem.getRemoteSsn(), subsystem.getRemoteSpc());
    }

    private static String words(RemoteSignalingPointCode point) {
        return "SCCP of point code " + point.getRemoteSpc();
    }

    @Override
    public void onRemoteSubSystemDown(RemoteSubSystem subsystem) {
        down(subsystem.getRemoteSpc(), words(subsystem), "SSP");
    }

    @Override
    public void onRemoteSubSystemUp(RemoteSubSystem subsystem) {
        up(words(subsystem));
    }

    @Override
    public void onRemoteSccpDown(RemoteSignalingPointCode point) {
        down(point.getRemoteSpc(), words(point), "DUPU");
    }

    @Override
    public void onRemoteSccpUp(RemoteSignalingPointCode point) {
        up(words(point));
    }

    @Override
    public void onRemoteSpcUp(RemoteSignalingPointCode point) {}

    @Override
    public void onRemoteSpcDown(RemoteSignalingPointCode point) {}

    @Override
    public void onServiceStarted() {}

    @Override
    public void onServiceStopped() {}

    @Override
    public void onRemoveAllResources() {}
}
