import './operator-console';
