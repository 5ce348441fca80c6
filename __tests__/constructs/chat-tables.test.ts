import { ChatTables } from '../../constructs/storage/chat-tables';
import { Protection } from '../../constructs/core/protection';
import { Role } from '../../constructs/core/role';
import { Synthesized } from './synthesized';

function tables(protection?: Protection): Synthesized {
  return Synthesized.stackWith((scope) => {
    const made = new ChatTables(scope, 'tables', { stage: 'dev', protection });
    const role = new Role(scope, 'role', { roleName: 'r', description: 'test', service: 'lambda.amazonaws.com' });
    made.grantReadWrite({ role });
    made.grantScan({ role }, 'Members');
  });
}

describe('ChatTables', () => {
  const stack = tables();
  const made = stack.all('aws_dynamodb_table');

  it('are the four tables of the stage, billed on demand', () => {
    expect(made.map((table) => table['name']).sort()).toEqual([
      'dev.Channels',
      'dev.Connections',
      'dev.Members',
      'dev.Messages',
    ]);
    expect(new Set(made.map((table) => table['billing_mode']))).toEqual(new Set(['PAY_PER_REQUEST']));
  });

  it('expire items by expiresAt', () => {
    for (const table of made) expect(table['ttl']).toEqual({ attribute_name: 'expiresAt', enabled: true });
  });

  it('sort messages by id, and by time in an index', () => {
    expect(made.find((table) => table['name'] === 'dev.Messages')).toMatchObject({
      hash_key: 'conversation',
      range_key: 'id',
      attribute: [
        { name: 'conversation', type: 'S' },
        { name: 'id', type: 'S' },
        { name: 'at', type: 'S' },
      ],
      local_secondary_index: [{ name: 'byTime', range_key: 'at', projection_type: 'ALL' }],
    });
  });

  it('go with the stack unless they are protected', () => {
    for (const table of made) {
      expect(table).toMatchObject({ deletion_protection_enabled: false, point_in_time_recovery: { enabled: false } });
    }
    for (const table of tables(Protection.full).all('aws_dynamodb_table')) {
      expect(table).toMatchObject({
        deletion_protection_enabled: true,
        point_in_time_recovery: { enabled: true },
        lifecycle: { prevent_destroy: true },
      });
    }
  });

  it('may be read and written item by item, with the index, by a function that is granted it', () => {
    const [use] = stack.grant('use-tables');
    expect(use?.Action).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
    expect(use?.Resource).toHaveLength(5);
    expect(use?.Resource).toContainEqual(expect.stringMatching(/messages.*\.arn\}\/index\/byTime$/));
  });

  it('may be scanned only where that is granted', () => {
    expect(stack.grant('scan-members')).toEqual([
      { Effect: 'Allow', Action: ['dynamodb:Scan'], Resource: [expect.stringMatching(/members/)] },
    ]);
  });
});
