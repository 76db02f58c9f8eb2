import type { AwsService } from '../endpoint/aws-service.ts';
import type { FaultTable } from './fault-table.ts';
import { underFaults } from './under-faults.ts';

/** The service behind the faults of a table. */
export function withFaults(service: AwsService, table: FaultTable): AwsService {
  return {
    ...service,
    call(call) {
      const { operation, accessKeyId } = call;
      const canLag = service.lag?.operations.includes(operation) === true;
      const decision = table.onCall({ service: service.name, operation, accessKeyId, canLag });
      return underFaults(decision, service.name, (lagMs) => service.call(lagMs === 0 ? call : { ...call, lagMs }));
    },
  };
}
