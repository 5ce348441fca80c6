import { failure, json, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, withBody, type AwsRequest } from '../protocol/aws-request';
import { list, record, text } from '../../../json';
import type { EmulatedService, Send } from '../protocol/emulated-service';
import { ACCOUNT_ID } from '../account/identities';

type Json = Record<string, unknown>;

/** What a webhook keeps of the request that made or changed it. */
const WEBHOOK_SETTINGS = [
  'branchFilter',
  'filterGroups',
  'buildType',
  'manualCreation',
  'scopeConfiguration',
  'pullRequestBuildPolicy',
];

/**
 * CodeBuild's projects, webhooks and source credentials. moto makes projects but loses parts of them, cannot change
 * one, does not delete one that is named by its ARN, and has no webhooks.
 */
export class CodeBuild implements EmulatedService {
  readonly signingNames = ['codebuild'];
  private readonly projects = new Map<string, Json>();
  private readonly webhooks = new Map<string, Json>();
  private readonly credentials = new Map<string, Json>();

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    const body = jsonBody(request);
    const project = nameOf(text(body['name']) || text(body['projectName']));
    switch (request.operation) {
      case 'CreateProject':
        return await this.createProject(request, body, send);
      case 'UpdateProject':
        return this.updateProject(project, body, request.region);
      case 'BatchGetProjects':
        return this.getProjects(body);
      case 'ListProjects':
        return json({ projects: [...this.projects.keys()] });
      case 'DeleteProject':
        this.projects.delete(project);
        this.webhooks.delete(project);
        return await send(withBody(request, { name: project }));
      case 'CreateWebhook':
        if (this.webhooks.has(project))
          return failure('ResourceAlreadyExistsException', `The project ${project} has a webhook already.`);
        return this.webhook(project, body, request.region);
      case 'UpdateWebhook':
        if (!this.webhooks.has(project))
          return failure('ResourceNotFoundException', `The project ${project} has no webhook.`);
        return this.webhook(project, body, request.region);
      case 'DeleteWebhook':
        this.webhooks.delete(project);
        return json({});
      case 'ImportSourceCredentials':
        return this.importCredentials(body, request.region);
      case 'ListSourceCredentials':
        return json({ sourceCredentialsInfos: [...this.credentials.values()] });
      case 'DeleteSourceCredentials':
        this.credentials.delete(text(body['arn']));
        return json({ arn: body['arn'] });
      default:
        return undefined;
    }
  }

  private async createProject(request: AwsRequest, body: Json, send: Send): Promise<AwsReply> {
    const source = record(body['source']);
    const known = source['type'] === 'NO_SOURCE' ? { ...body, source: { ...source, location: 'none' } } : body;
    const reply = await send(withBody(request, known));
    if (reply.status !== 200) return reply;
    const project = { ...record(jsonBody(reply)['project']), ...body, badge: badgeOf(body, request.region) };
    this.projects.set(text(body['name']), project);
    return json({ project });
  }

  private updateProject(name: string, body: Json, region: string): AwsReply {
    const project = this.projects.get(name);
    if (project === undefined) return failure('ResourceNotFoundException', `There is no project ${name}.`);
    const settings = { ...project, ...body };
    const updated = { ...settings, badge: badgeOf(settings, region), lastModified: Date.now() / 1000 };
    this.projects.set(name, updated);
    return json({ project: updated });
  }

  private getProjects(body: Json): AwsReply {
    const names = list(body['names']).map((name) => nameOf(text(name)));
    const found = names.flatMap((name) => {
      const project = this.projects.get(name);
      const webhook = this.webhooks.get(name);
      return project === undefined ? [] : [{ ...project, ...(webhook === undefined ? {} : { webhook }) }];
    });
    return json({ projects: found, projectsNotFound: names.filter((name) => !this.projects.has(name)) });
  }

  private webhook(project: string, body: Json, region: string): AwsReply {
    const settings = Object.fromEntries(WEBHOOK_SETTINGS.flatMap((name) => (name in body ? [[name, body[name]]] : [])));
    const webhook = {
      url: `https://api.github.com/repos/${project}/hooks/1`,
      payloadUrl: `https://codebuild.${region}.amazonaws.com/webhooks?t=${project}`,
      lastModifiedSecret: Date.now() / 1000,
      ...this.webhooks.get(project),
      ...settings,
    };
    this.webhooks.set(project, webhook);
    return json({ webhook: { ...webhook, secret: 'emulated-webhook-secret' } });
  }

  private importCredentials(body: Json, region: string): AwsReply {
    const arn = `arn:aws:codebuild:${region}:${ACCOUNT_ID}:token/${text(body['serverType']).toLowerCase()}`;
    this.credentials.set(arn, { arn, serverType: body['serverType'], authType: body['authType'] });
    return json({ arn });
  }
}

/** Names and ARNs both name a project. */
function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? reference;
}

function badgeOf(body: Json, region: string): Json {
  const enabled = body['badgeEnabled'] === true;
  return {
    badgeEnabled: enabled,
    ...(enabled
      ? { badgeRequestUrl: `https://codebuild.${region}.amazonaws.com/badges?uuid=${text(body['name'])}&branch=main` }
      : {}),
  };
}
