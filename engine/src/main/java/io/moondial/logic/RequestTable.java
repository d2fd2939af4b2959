package io.moondial.logic;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.channel.Party;
import io.moondial.script.ScriptRun;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table that a script is called with: what the dialog began with; what is absent is nil there.
 */
final class RequestTable {
    private final Map<String, Object> fields = new HashMap<>();

    private RequestTable() {}

    static Map<String, Object> of(Opening opening) {
        RequestTable table = new RequestTable();
        table.put("text", text(opening));
        table.put("dcs", opening.ussd().dcs().octet());
        table.put("imsi", opening.imsi());
        table.put("local_tid", opening.localTid());
        table.put("remote_tid", opening.remoteTid());
        table.address("msisdn", opening.msisdn());
        table.address("destination", opening.destination());
        table.address("origination", opening.origination());
        table.party("local", opening.local());
        table.party("remote", opening.remote());
        return table.fields;
    }

    private static Object text(Opening opening) {
        String mask = opening.mask();
        return mask == null ? opening.text() : new ScriptRun.Secret(opening.text(), mask);
    }

    private void address(String name, @Nullable Address address) {
        if (address != null) {
            put(name, address.digits());
            put(name + "_noa", address.noa());
            put(name + "_npi", address.npi());
        }
    }

    private void party(String name, Party party) {
        put(name + "_pc", party.pointCode());
        put(name + "_ssn", party.ssn());
        put(name + "_gt", party.globalTitle());
    }

    private void put(String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
