package io.moondial.channel.ss7;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.ss7.HlrInquiries.OlderHlrs;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mobicents.protocols.asn.AsnInputStream;
import org.mobicents.protocols.asn.AsnOutputStream;
import org.restcomm.protocols.ss7.map.api.primitives.AddressNature;
import org.restcomm.protocols.ss7.map.api.primitives.NumberingPlan;
import org.restcomm.protocols.ss7.map.primitives.AddressStringImpl;
import org.restcomm.protocols.ss7.map.primitives.IMSIImpl;
import org.restcomm.protocols.ss7.map.primitives.ISDNAddressStringImpl;
import org.restcomm.protocols.ss7.map.service.sms.LocationInfoWithLMSIImpl;
import org.restcomm.protocols.ss7.map.service.sms.SendRoutingInfoForSMRequestImpl;
import org.restcomm.protocols.ss7.map.service.sms.SendRoutingInfoForSMResponseImpl;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;

/** The operation sendRoutingInfoForSM, compared with the stack's own coding of it. */
class SmRoutingTest {
    private static Parameter parameter(MapLink.Argument written) {
        Parameter parameter = TcapFactory.createParameter();
        written.write(parameter);
        return parameter;
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    private static ISDNAddressStringImpl isdn(String digits) {
        return new ISDNAddressStringImpl(
                AddressNature.international_number, NumberingPlan.ISDN, digits);
    }

    @ParameterizedTest
    @CsvSource({"27761485722, 27829000000", "2776148572, 2782900000", "1, 123456789012345"})
    void an_argument_is_the_stacks(String msisdn, String serviceCentre) throws Exception {
        SmRouting.Argument ours =
                new SmRouting.Argument(
                        Address.international(msisdn), Address.international(serviceCentre));
        AsnOutputStream theirs = new AsnOutputStream();
        new SendRoutingInfoForSMRequestImpl(
                        isdn(msisdn),
                        true,
                        new AddressStringImpl(
                                AddressNature.international_number,
                                NumberingPlan.ISDN,
                                serviceCentre),
                        null,
                        false,
                        null,
                        null,
                        null,
                        false,
                        null,
                        false,
                        false,
                        null,
                        null)
                .encodeData(theirs);
        assertThat(hex(parameter(ours).getData())).isEqualTo(hex(theirs.toByteArray()));
        assertThat(SmRouting.Argument.read(parameter(ours))).isEqualTo(ours);
    }

    @ParameterizedTest
    @CsvSource({
        "655010000000001, 27829000002",
        "65501000000000, 278290000021",
        "655010, 1",
        "655010000000001, 123456789012345"
    })
    void a_result_is_the_stacks(String imsi, String node) throws Exception {
        SmRouting.Result ours = new SmRouting.Result(imsi, node);
        AsnOutputStream theirs = new AsnOutputStream();
        new SendRoutingInfoForSMResponseImpl(
                        new IMSIImpl(imsi),
                        new LocationInfoWithLMSIImpl(isdn(node), null, null, false, null),
                        null,
                        null,
                        null)
                .encodeData(theirs);
        assertThat(hex(parameter(ours::write).getData())).isEqualTo(hex(theirs.toByteArray()));
        assertThat(SmRouting.Result.read(parameter(ours::write))).isEqualTo(ours);

        SendRoutingInfoForSMResponseImpl read = new SendRoutingInfoForSMResponseImpl();
        byte[] octets = parameter(ours::write).getData();
        read.decodeData(new AsnInputStream(octets), octets.length);
        assertThat(read.getIMSI().getData()).isEqualTo(imsi);
        assertThat(read.getLocationInfoWithLMSI().getNetworkNodeNumber().getAddress())
                .isEqualTo(node);
    }

    @Test
    void what_an_hlr_speaks_is_forgotten_after_an_hour() {
        AtomicLong nanos = new AtomicLong(-5);
        OlderHlrs older = new OlderHlrs(nanos::get);
        older.add(hlr(1));
        nanos.addAndGet(OlderHlrs.KEPT.toNanos() - 1);
        older.add(hlr(1)); // which does not prolong it
        assertThat(older.knows(hlr(1))).isTrue();
        assertThat(older.knows(hlr(2))).isFalse();
        nanos.incrementAndGet();
        assertThat(older.knows(hlr(1))).isFalse();
        older.add(hlr(1));
        assertThat(older.knows(hlr(1))).isTrue();
    }

    @Test
    void if_there_are_too_many_the_oldest_is_forgotten() {
        OlderHlrs older = new OlderHlrs(() -> 0);
        for (int i = 0; i <= OlderHlrs.MAX; i++) {
            older.add(hlr(i));
            older.add(hlr(i));
        }
        assertThat(older.knows(hlr(0))).isFalse();
        assertThat(older.knows(hlr(1))).isTrue();
        assertThat(older.knows(hlr(OlderHlrs.MAX))).isTrue();
    }

    private static Party hlr(int number) {
        return new Party(null, 6, Integer.toString(number), Party.ROUTE_ON_GT);
    }
}
