package io.moondial.channel.ss7;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.metrics.Counters;
import java.lang.invoke.MethodHandles;
import org.junit.jupiter.api.Test;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;

/** What SCCP takes for a congested subsystem, of which it tells the network (SCMG's SSC). */
class CongestionTest {
    @Test
    void a_burst_that_the_stacks_threads_lag_behind_is_no_congestion() throws Exception {
        SccpStackImpl sccp = new SccpStackImpl("congestion", null);
        TCAPProviderImpl tcap =
                (TCAPProviderImpl)
                        new LeanTcap(
                                        "congestion",
                                        sccp.getSccpProvider(),
                                        6,
                                        SignallingLimits.of(10).tcap(),
                                        new TcapCounts(new Counters()))
                                .getProvider();
        MethodHandles.privateLookupIn(TCAPProviderImpl.class, MethodHandles.lookup())
                .findVarHandle(TCAPProviderImpl.class, "executorCongestionLevel", int.class)
                .set(tcap, 3);

        assertThat(tcap.getExecutorCongestionLevel()).isEqualTo(3);
        assertThat(tcap.getCumulativeCongestionLevel()).isZero();
    }
}
