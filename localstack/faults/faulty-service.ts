import type { AwsService } from '../endpoint/aws-service.ts';
import type { FaultTable } from './fault-table.ts';
import { underFaults } from './under-faults.ts';

/** The service behind the faults of a table. */
export function withFaults(service: AwsService, table: FaultTable): AwsService {
  return {
    ...service,
    call(call) {
      const { operation, accessKeyId } = call;
      const decision = table.onCall({ service: service.name, operation, accessKeyId, canLag: false });
      return underFaults(decision, service.name, () => service.call(call));
    },
  };
}
