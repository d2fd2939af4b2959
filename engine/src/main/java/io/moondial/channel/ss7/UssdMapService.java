package io.moondial.channel.ss7;

import io.moondial.dialog.Component;
import io.moondial.dialog.Operation;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContext;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextName;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.dialog.ServingCheckData;
import org.restcomm.protocols.ss7.map.api.dialog.ServingCheckResult;
import org.restcomm.protocols.ss7.map.api.errors.MAPErrorMessage;
import org.restcomm.protocols.ss7.map.dialog.ServingCheckDataImpl;
import org.restcomm.protocols.ss7.map.service.supplementary.MAPServiceSupplementaryImpl;
import org.restcomm.protocols.ss7.tcap.asn.comp.ComponentType;
import org.restcomm.protocols.ss7.tcap.asn.comp.Invoke;
import org.restcomm.protocols.ss7.tcap.asn.comp.OperationCode;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;
import org.restcomm.protocols.ss7.tcap.asn.comp.Problem;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnErrorProblemType;

/**
 * The MAP service of the application context networkUnstructuredSs: it hands each component to its
 * dialog's link.
 */
final class UssdMapService extends MAPServiceSupplementaryImpl {
    UssdMapService(UssdMapProvider provider) {
        super(provider);
    }

    @Override
    public ServingCheckData isServingService(MAPApplicationContext context) {
        return context.getApplicationContextName()
                        == MAPApplicationContextName.networkUnstructuredSsContext
                ? super.isServingService(context)
                : new ServingCheckDataImpl(ServingCheckResult.AC_NotServing);
    }

    @Override
    public void processComponent(
            ComponentType type,
            @Nullable OperationCode operationCode,
            @Nullable Parameter parameter,
            MAPDialog dialog,
            Long invokeId,
            @Nullable Long linkedId,
            @Nullable Invoke linkedInvoke) {
        int operation = localCode(operationCode);
        int id = invokeId.intValue();
        MapLink.of(dialog)
                .add(
                        type == ComponentType.Invoke
                                ? new Received.Invoke(id, operation, parameter)
                                : new Received.Other(result(id, operation, parameter)));
    }

    private static int localCode(@Nullable OperationCode code) {
        Long local = code == null ? null : code.getLocalOperationCode();
        return local == null ? Operation.NO_LOCAL_CODE : local.intValue();
    }

    private static Component result(int invokeId, int operation, @Nullable Parameter parameter) {
        if (parameter == null) {
            return new Component.Result(invokeId, operation, null);
        }
        try {
            return new Component.Result(invokeId, operation, UssdParameter.read(parameter).ussd());
        } catch (MalformedException e) {
            return new Component.Undecodable(invokeId, operation, String.valueOf(e.getMessage()));
        }
    }

    @Override
    protected void deliverErrorComponent(MAPDialog dialog, Long invokeId, MAPErrorMessage error) {
        int code = error.getErrorCode().intValue();
        MapLink.of(dialog)
                .add(new Received.Other(new Component.ErrorReturned(invokeId.intValue(), code)));
    }

    /**
     * A Reject of ours comes here too: then the stack has refused something that the far side sent.
     */
    @Override
    protected void deliverRejectComponent(
            MAPDialog dialog, @Nullable Long invokeId, Problem problem, boolean localOriginated) {
        MapLink link = MapLink.of(dialog);
        if (localOriginated) {
            link.addRejected(refusedHere(invokeId, problem));
        } else {
            link.add(
                    new Received.Other(
                            new Component.Rejected(number(invokeId), ProblemWords.of(problem))));
        }
    }

    /** An error that MAP does not know still ends what it answers. */
    private static Component refusedHere(@Nullable Long invokeId, Problem problem) {
        return invokeId != null
                        && problem.getReturnErrorProblemType()
                                == ReturnErrorProblemType.UnrecognizedError
                ? new Component.Undecodable(
                        invokeId.intValue(),
                        Operation.NO_LOCAL_CODE,
                        "its error code is none of MAP's")
                : new Component.UnknownInvoke(number(invokeId), ProblemWords.of(problem));
    }

    private static @Nullable Integer number(@Nullable Long invokeId) {
        return invokeId == null ? null : invokeId.intValue();
    }
}
