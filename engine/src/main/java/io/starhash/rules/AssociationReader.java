package io.starhash.rules;

import io.starhash.config.Section;
import io.starhash.config.ValueType;
import io.starhash.network.sigtran.Endpoint;
import io.starhash.network.sigtran.SigtranSettings.Association;
import io.starhash.network.sigtran.SigtranSettings.Transport;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** One association of an application server. */
final class AssociationReader {
    private static final ValueType<Endpoint> ENDPOINT =
            new ValueType<>(
                    "HOST:PORT, such as \"10.0.0.1:2905\"",
                    List.of(),
                    scalar -> Endpoint.parse(scalar.text()));
    private static final ValueType<String> ADDRESS =
            ValueType.text(
                    "an address, such as \"10.0.0.1\"", Pattern.compile("[0-9A-Fa-f.:]{2,45}"));
    private static final ValueType<Transport> TRANSPORT =
            Words.choice(Transport.values(), Transport::word);

    private AssociationReader() {}

    static Association read(Section section) {
        String name = section.require("name", SigtranReader.NAME).orElse("?");
        Transport transport = section.find("transport", TRANSPORT, Transport.SCTP);
        Optional<Endpoint> connect = section.find("connect", ENDPOINT);
        Optional<Endpoint> listen = section.find("listen", ENDPOINT);
        Optional<Endpoint> local = section.find("local", ENDPOINT);
        Optional<String> peer = section.find("peer", ADDRESS);
        List<String> extraLocal = section.distinct("extra_local", ADDRESS, List.of());
        if (section.has("connect") == section.has("listen")) {
            section.refuse("an association has one of connect and listen");
        }
        if (section.has("listen") && section.has("local")) {
            section.refuse("local", "where we listen stands in listen: take this one out");
        }
        if (section.has("connect") && section.has("peer")) {
            section.refuse("peer", "whom we connect to stands in connect: take this one out");
        }
        if (!extraLocal.isEmpty()) {
            checkExtraLocal(section, transport, listen.isPresent() || local.isPresent());
        }
        return new Association(
                name,
                transport,
                connect.or(() -> listen).orElse(new Endpoint("0.0.0.0", Endpoint.M3UA_PORT)),
                listen.isPresent(),
                local.orElse(null),
                extraLocal,
                peer.orElse(null));
    }

    private static void checkExtraLocal(Section section, Transport transport, boolean hasFirst) {
        if (transport == Transport.TCP) {
            section.refuse("extra_local", "TCP has one address at either end; this is for sctp");
        } else if (!hasFirst) {
            section.refuse("extra_local", "these come beside local, which is missing");
        }
    }
}
