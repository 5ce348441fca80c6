import './kite-console';
