/** Everything the widget says. What stands in braces, such as `{name}`, is filled in. */
export interface Words {
  readonly heading: string;
  readonly open: string;
  readonly openUnread: string;
  readonly close: string;
  readonly welcome: string;
  readonly log: string;
  readonly placeholder: string;
  readonly send: string;
  readonly attach: string;
  readonly remove: string;
  readonly drop: string;
  readonly you: string;
  readonly host: string;
  readonly sending: string;
  readonly sent: string;
  readonly failed: string;
  readonly retry: string;
  readonly discard: string;
  readonly corrected: string;
  readonly connecting: string;
  readonly online: string;
  readonly slow: string;
  readonly waiting: string;
  readonly offline: string;
  readonly refused: string;
  readonly blocked: string;
  readonly later: string;
  readonly nobody: string;
  readonly notAdded: string;
  readonly wrongType: string;
  readonly tooLarge: string;
  readonly emptyFile: string;
  readonly tooLong: string;
  readonly newMessages: string;
  readonly today: string;
  readonly yesterday: string;
  readonly setup: string;
}

const en: Words = {
  heading: 'Chat with us',
  open: 'Open chat',
  openUnread: 'Open chat, unread messages: {count}',
  close: 'Close chat',
  welcome: 'Hello! Write to us, a person will answer here.',
  log: 'Messages',
  placeholder: 'Write a message',
  send: 'Send',
  attach: 'Attach files',
  remove: 'Remove {name}',
  drop: 'Drop files here',
  you: 'You',
  host: 'Support',
  sending: 'Sending',
  sent: 'Sent',
  failed: 'Not sent',
  retry: 'Try again',
  discard: 'Delete',
  corrected: 'edited',
  connecting: 'Connecting',
  online: 'We are here',
  slow: 'Many messages at once: sending continues at {time}',
  waiting: 'Connection lost, trying again',
  offline: 'You are offline. Messages will be sent later',
  refused: 'This chat is not available now',
  blocked: 'You cannot write in this chat now. Please contact us in another way.',
  later: 'Please try again later.',
  nobody: 'Nobody is here to answer now.',
  notAdded: '{name} was not added.',
  wrongType: 'Files of this type cannot be sent.',
  tooLarge: 'The file is larger than {size}.',
  emptyFile: 'The file is empty.',
  tooLong: 'This message is too long. Please shorten it.',
  newMessages: 'New messages',
  today: 'Today',
  yesterday: 'Yesterday',
  setup: 'The chat needs an endpoint such as wss://ws.example.com/prod?c=channel_name',
};

const uk: Words = {
  heading: 'Напишіть нам',
  open: 'Відкрити чат',
  openUnread: 'Відкрити чат, непрочитаних повідомлень: {count}',
  close: 'Закрити чат',
  welcome: 'Вітаємо! Напишіть нам, тут вам відповість людина.',
  log: 'Повідомлення',
  placeholder: 'Напишіть повідомлення',
  send: 'Надіслати',
  attach: 'Додати файли',
  remove: 'Прибрати {name}',
  drop: 'Перетягніть файли сюди',
  you: 'Ви',
  host: 'Підтримка',
  sending: 'Надсилається',
  sent: 'Надіслано',
  failed: 'Не надіслано',
  retry: 'Спробувати ще раз',
  discard: 'Видалити',
  corrected: 'змінено',
  connecting: 'З’єднання',
  online: 'Ми на зв’язку',
  slow: 'Багато повідомлень одразу: надсилання продовжиться о {time}',
  waiting: 'Зв’язок втрачено, пробуємо знову',
  offline: 'Ви не в мережі. Повідомлення надішлються пізніше',
  refused: 'Чат зараз недоступний',
  blocked: 'Зараз ви не можете писати в цьому чаті. Зв’яжіться з нами в інший спосіб.',
  later: 'Спробуйте пізніше.',
  nobody: 'Зараз немає кому відповісти.',
  notAdded: '{name} не додано.',
  wrongType: 'Файли цього типу не можна надсилати.',
  tooLarge: 'Файл більший за {size}.',
  emptyFile: 'Файл порожній.',
  tooLong: 'Повідомлення задовге. Скоротіть його, будь ласка.',
  newMessages: 'Нові повідомлення',
  today: 'Сьогодні',
  yesterday: 'Учора',
  setup: 'Чату потрібна адреса, наприклад wss://ws.example.com/prod?c=channel_name',
};

const de: Words = {
  heading: 'Schreiben Sie uns',
  open: 'Chat öffnen',
  openUnread: 'Chat öffnen, ungelesene Nachrichten: {count}',
  close: 'Chat schließen',
  welcome: 'Guten Tag! Schreiben Sie uns, hier antwortet ein Mensch.',
  log: 'Nachrichten',
  placeholder: 'Nachricht schreiben',
  send: 'Senden',
  attach: 'Dateien anhängen',
  remove: '{name} entfernen',
  drop: 'Dateien hier ablegen',
  you: 'Sie',
  host: 'Support',
  sending: 'Wird gesendet',
  sent: 'Gesendet',
  failed: 'Nicht gesendet',
  retry: 'Erneut versuchen',
  discard: 'Löschen',
  corrected: 'bearbeitet',
  connecting: 'Verbindung wird hergestellt',
  online: 'Wir sind da',
  slow: 'Viele Nachrichten auf einmal: um {time} geht es weiter',
  waiting: 'Verbindung verloren, neuer Versuch läuft',
  offline: 'Sie sind offline. Nachrichten werden später gesendet',
  refused: 'Dieser Chat ist gerade nicht verfügbar',
  blocked: 'Sie können in diesem Chat gerade nicht schreiben. Bitte kontaktieren Sie uns auf anderem Weg.',
  later: 'Bitte versuchen Sie es später noch einmal.',
  nobody: 'Gerade ist niemand da.',
  notAdded: '{name} wurde nicht hinzugefügt.',
  wrongType: 'Dateien dieses Typs können nicht gesendet werden.',
  tooLarge: 'Die Datei ist größer als {size}.',
  emptyFile: 'Die Datei ist leer.',
  tooLong: 'Diese Nachricht ist zu lang. Bitte kürzen Sie sie.',
  newMessages: 'Neue Nachrichten',
  today: 'Heute',
  yesterday: 'Gestern',
  setup: 'Der Chat braucht eine Adresse wie wss://ws.example.com/prod?c=channel_name',
};

const es: Words = {
  heading: 'Escríbenos',
  open: 'Abrir el chat',
  openUnread: 'Abrir el chat, mensajes sin leer: {count}',
  close: 'Cerrar el chat',
  welcome: '¡Hola! Escríbenos y una persona te responderá aquí.',
  log: 'Mensajes',
  placeholder: 'Escribe un mensaje',
  send: 'Enviar',
  attach: 'Adjuntar archivos',
  remove: 'Quitar {name}',
  drop: 'Suelta los archivos aquí',
  you: 'Tú',
  host: 'Soporte',
  sending: 'Enviando',
  sent: 'Enviado',
  failed: 'No enviado',
  retry: 'Reintentar',
  discard: 'Eliminar',
  corrected: 'editado',
  connecting: 'Conectando',
  online: 'Estamos aquí',
  slow: 'Muchos mensajes a la vez: el envío continuará a las {time}',
  waiting: 'Conexión perdida, reintentando',
  offline: 'Estás sin conexión. Los mensajes se enviarán después',
  refused: 'Este chat no está disponible ahora',
  blocked: 'Ahora no puedes escribir en este chat. Contáctanos por otro medio.',
  later: 'Inténtalo más tarde.',
  nobody: 'Ahora no hay nadie para responder.',
  notAdded: 'No se añadió {name}.',
  wrongType: 'No se pueden enviar archivos de este tipo.',
  tooLarge: 'El archivo supera {size}.',
  emptyFile: 'El archivo está vacío.',
  tooLong: 'El mensaje es demasiado largo. Acórtalo, por favor.',
  newMessages: 'Mensajes nuevos',
  today: 'Hoy',
  yesterday: 'Ayer',
  setup: 'El chat necesita una dirección como wss://ws.example.com/prod?c=channel_name',
};

const LANGUAGES: ReadonlyMap<string, Words> = new Map(Object.entries({ en, uk, de, es }));

/** The language tags the widget can speak. */
export const LANGUAGE_TAGS = [...LANGUAGES.keys()];

const find = (tag: string): Words | undefined => LANGUAGES.get(tag.toLowerCase().split('-')[0] ?? '');

/** Whether the widget speaks the language of a tag such as `uk` or `es-MX`. */
export const speaks = (tag: string): boolean => find(tag) !== undefined;

/** The words for a language tag; English if the widget does not speak it. */
export const wordsFor = (tag: string): Words => find(tag) ?? en;

/** Fills `{name}`s in. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
